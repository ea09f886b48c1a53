#include "store/dir/dir_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "codec/sha256.hpp"
#include "store/checks.hpp"
#include "store/dir/temporary.hpp"
#include "store/dir/thaw.hpp"
#include "store/dir/tree.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

/// A folder has hardly any limits; these prevent any offset from overflowing.
Limits dir_limits(const std::optional<std::chrono::seconds>& thaw) {
    return {.max_part_size = std::uint64_t{4} << 30,
            .max_parts = 1'000'000,
            .max_object_size = std::uint64_t{1} << 60,
            .cold = thaw.has_value(),
            .thaw_tiers = thaw ? simulated_tiers(*thaw) : std::vector<ThawTier>{}};
}

std::uint64_t file_size(const struct stat& info) {
    return static_cast<std::uint64_t>(info.st_size);
}

/// Files of segments are read-only; see protect().
bool is_segment(const struct stat& info) {
    return (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
}

class DirStore final : public Store {
  public:
    DirStore(DirTree tree, const DirOptions& options, Clock& clock)
        : tree_(std::move(tree)),
          clock_(clock),
          limits_(dir_limits(options.thaw)),
          thaw_delay_(options.thaw) {}

    [[nodiscard]] std::string url() const override {
        return thaw_delay_ ? fmt::format("{}?thaw={}s", tree_.url(), thaw_delay_->count())
                           : tree_.url();
    }
    [[nodiscard]] const Limits& limits() const override { return limits_; }

    Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                         std::string_view description) override;
    Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                          const codec::Sha256Digest& sha256) override;
    Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) override;
    Result<void> abort(const Upload& upload) override;
    Result<std::vector<Upload>> uploads(std::string_view prefix) override;

    Result<void> thaw(std::string_view name, const ThawRequest& request) override;
    Result<ThawState> thaw_state(std::string_view name) override;

    Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                             MutableBytes into) override;
    Result<Stat> stat(std::string_view name) override;
    Result<std::vector<StoredPart>> parts(std::string_view name) override;
    Result<std::vector<Entry>> list(std::string_view prefix) override { return tree_.list(prefix); }
    Result<void> remove(std::string_view name) override;

    Result<void> put(std::string_view name, Bytes bytes) override {
        return put_object(name, bytes, true);
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return put_object(name, bytes, false);
    }
    Result<Buffer> get(std::string_view name) override;
    Result<void> refresh() override { return {}; }
    Result<std::vector<std::string>> warnings() override { return std::vector<std::string>{}; }

  private:
    [[nodiscard]] bool is_cold(const struct stat& info) const {
        return thaw_delay_ && is_segment(info);
    }
    [[nodiscard]] Result<ThawState> thaw_state_of(std::string_view name,
                                                  const struct stat& info) const;
    void protect(const Fd& file, std::string_view name) const;
    [[nodiscard]] Result<Fd> open_readable(std::string_view name) const;
    [[nodiscard]] Result<struct stat> stat_object(std::string_view name) const;
    [[nodiscard]] Result<Stat> stat_now(std::string_view name) const;
    [[nodiscard]] Result<void> put_object(std::string_view name, Bytes bytes, bool replace) const;
    [[nodiscard]] Result<void> check_free(const Upload& upload, const Fd& file) const;
    [[nodiscard]] Result<void> make_durable(const Fd& file, const std::vector<Part>& parts,
                                            const std::string& name) const;
    [[nodiscard]] Result<void> compare(const Fd& file, const std::vector<Part>& parts,
                                       const std::string& name) const;
    [[nodiscard]] Result<Stat> complete_again(const Upload& upload,
                                              const std::vector<Part>& parts) const;

    DirTree tree_;
    Clock& clock_;
    Limits limits_;
    std::optional<std::chrono::seconds> thaw_delay_;
};

// --- segments

Result<Upload> DirStore::begin(std::string_view name, std::uint64_t part_size,
                               std::string_view description) {
    ZG_CHECK(check_begin(limits_, name, part_size, description));
    if (tree_.look(name))
        return fail({.kind = ErrorKind::conflict,
                     .what = "the name exists already",
                     .where = tree_.where(name)});
    Upload upload{.name = std::string(name), .part_size = part_size, .started = clock_.now()};
    ZG_CHECK(new_upload_file(tree_, upload));
    return upload;
}

Result<Part> DirStore::put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                                const codec::Sha256Digest& sha256) {
    std::string path;
    ZG_TRY(const Upload known, recall_upload(upload, path));
    ZG_CHECK(check_part(limits_, known, number, bytes, sha256));
    ZG_TRY(const Fd file, tree_.open_file(path, O_WRONLY));
    ZG_CHECK(tree_.check_still_there());
    const std::uint64_t offset = (number - 1) * known.part_size;
    tree_.step("write", fmt::format("{} {}", upload.name, number));
    ZG_CHECK(write_fully_at(file.get(), bytes, offset, tree_.where(upload.name)));
    // Only a hint: starts writing now, in the background, so that complete() need not wait for all
    // of a large segment.
    ::sync_file_range(file.get(), static_cast<off_t>(offset), static_cast<off_t>(bytes.size()),
                      SYNC_FILE_RANGE_WRITE);
    return Part{.number = number, .size = bytes.size(), .sha256 = sha256, .tag = sha256.hex()};
}

/// conflict if the segment's name exists by now, unless it is a second name of the same file, which
/// a crash within complete() leaves.
Result<void> DirStore::check_free(const Upload& upload, const Fd& file) const {
    const auto there = tree_.look(upload.name);
    if (!there && there.error().kind == ErrorKind::not_found) return {};
    if (!there) return fail(there.error());
    struct stat ours{};
    const bool same = ::fstat(file.get(), &ours) == 0 && ours.st_dev == there->st_dev &&
                      ours.st_ino == there->st_ino;
    if (same) return {};
    return fail({.kind = ErrorKind::conflict,
                 .what = "the name exists already",
                 .where = tree_.where(upload.name)});
}

Result<void> DirStore::compare(const Fd& file, const std::vector<Part>& parts,
                               const std::string& name) const {
    Buffer block(std::size_t{1} << 20);
    std::uint64_t offset = 0;
    bool same = true;
    for (const Part& part : parts) {
        codec::Sha256 hash;
        for (const std::uint64_t end = offset + part.size; offset < end && same;) {
            const MutableBytes want =
                MutableBytes(block).first(std::min<std::uint64_t>(block.size(), end - offset));
            ZG_TRY(const std::size_t count,
                   read_fully_at(file.get(), want, offset, tree_.where(name)));
            hash.update(want.first(count));
            offset += count;
            same = count == want.size();
        }
        same = same && hash.finish() == part.sha256;
    }
    if (same) {
        ZG_TRY(const std::size_t extra,
               read_fully_at(file.get(), MutableBytes(block).first(1), offset, tree_.where(name)));
        same = extra == 0;
    }
    if (same) return {};
    return fail({.kind = ErrorKind::damage,
                 .what = "the data read back from the folder differs from what was written",
                 .where = tree_.where(name),
                 .hint = "upload it again; if that fails too, the disk or the memory of one of the "
                         "machines is faulty"});
}

/// Removes the write permission: a segment never changes. On a filesystem without modes, only a
/// simulated thaw needs it.
void DirStore::protect(const Fd& file, std::string_view name) const {
    struct stat info{};
    if (::fstat(file.get(), &info) != 0 || is_segment(info)) return;
    tree_.step("chmod", std::string(name));
    (void)::fchmod(file.get(), S_IRUSR);
}

/// Sets the file's size, writes it to the disk, and reads it back from there.
Result<void> DirStore::make_durable(const Fd& file, const std::vector<Part>& parts,
                                    const std::string& name) const {
    const std::uint64_t size = total_size(parts);
    // The file is longer if its last part was replaced by a shorter one, or a part is not in the
    // list.
    struct stat info{};
    if (::fstat(file.get(), &info) != 0)
        return fail(tree_.error(errno, "cannot stat the upload", name));
    if (file_size(info) > size) {
        tree_.step("truncate", name);
        if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0)
            return fail(tree_.error(errno, "cannot truncate the upload", name));
    }
    protect(file, name);
    tree_.step("fsync", name);
    ZG_CHECK(sync_file(file.get(), tree_.where(name)));
    // Otherwise the data would come from the page cache, not from the disk.
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
    return compare(file, parts, name);
}

Result<Stat> DirStore::complete(const Upload& upload, const std::vector<Part>& parts) {
    std::string path;
    ZG_TRY(const Upload known, recall_upload(upload, path));
    ZG_CHECK(check_parts(limits_, known, parts));
    ZG_CHECK(tree_.check_still_there());
    auto file = tree_.open_file(path, O_RDWR);
    // An earlier call has got as far as protect().
    if (!file && file.error().kind == ErrorKind::refused) file = tree_.open_file(path, O_RDONLY);
    if (!file && file.error().kind == ErrorKind::not_found) return complete_again(upload, parts);
    if (!file) return fail(file.error());
    ZG_CHECK(check_free(upload, *file));
    auto good = make_durable(*file, parts, upload.name);
    if (!good) {
        // Also after a failed fsync: the content of the disk is then unknown, and only a new upload
        // helps.
        (void)abort(upload);
        return fail(std::move(good.error()));
    }
    if (thaw_delay_) ZG_CHECK(forget_thaw(tree_, upload.name));
    ZG_CHECK(tree_.move(path, upload.name, false));
    ZG_TRY(Stat stat, stat_now(upload.name));
    stat.composite_sha256 = composite_of(parts);
    return stat;
}

/// The upload is gone: it was completed, or it was aborted.
Result<Stat> DirStore::complete_again(const Upload& upload, const std::vector<Part>& parts) const {
    const auto file = tree_.open_file(upload.name, O_RDONLY);
    if (!file && file.error().kind == ErrorKind::not_found)
        return fail({.kind = ErrorKind::not_found,
                     .what = "the upload is gone",
                     .where = tree_.where(upload.name)});
    if (!file) return fail(file.error());
    const auto same = compare(*file, parts, upload.name);
    if (!same && same.error().kind == ErrorKind::damage)
        return fail({.kind = ErrorKind::conflict,
                     .what = "the name exists already",
                     .where = tree_.where(upload.name)});
    ZG_CHECK(same);
    ZG_CHECK(sync_file(file->get(), tree_.where(upload.name)));
    ZG_CHECK(tree_.sync_parents(upload.name));
    ZG_TRY(Stat stat, stat_now(upload.name));
    stat.composite_sha256 = composite_of(parts);
    return stat;
}

Result<void> DirStore::abort(const Upload& upload) {
    std::string path;
    ZG_TRY(const Upload known, recall_upload(upload, path));
    ZG_CHECK(tree_.check_still_there());
    const auto there = tree_.look(path);
    if (!there && there.error().kind == ErrorKind::not_found) return {};
    // The folders first: once the file is gone, nothing refers to them.
    ZG_CHECK(tree_.remove_empty_parents(known.name));
    return tree_.remove_file(path);
}

Result<std::vector<Upload>> DirStore::uploads(std::string_view prefix) {
    collect_leftovers(tree_);
    return list_uploads(tree_, prefix);
}

Result<ThawState> DirStore::thaw_state_of(std::string_view name, const struct stat& info) const {
    if (!is_cold(info)) return ThawState{};
    ZG_TRY(const auto record, load_thaw(tree_, name));
    return thaw_state_at(record, clock_.now());
}

Result<void> DirStore::thaw(std::string_view name, const ThawRequest& request) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(check_thaw(limits_, name, request));
    ZG_TRY(const struct stat info, stat_object(name));
    if (!is_cold(info)) return {};
    ZG_TRY(const auto before, load_thaw(tree_, name));
    const auto after = thaw_requested(before, clock_.now(), *thaw_delay_, request);
    if (!after) return {};
    const Buffer record = encode_thaw(*after);
    return put_object(thaw_path(name), record, true);
}

Result<ThawState> DirStore::thaw_state(std::string_view name) {
    ZG_CHECK(check_name(name));
    ZG_TRY(const struct stat info, stat_object(name));
    return thaw_state_of(name, info);
}

// --- both sorts

Result<struct stat> DirStore::stat_object(std::string_view name) const {
    ZG_TRY(const struct stat info, tree_.look(name));
    if (S_ISLNK(info.st_mode)) return fail(tree_.error(ELOOP, "cannot use the object", name));
    if (!S_ISREG(info.st_mode)) return fail(tree_.error(ENOENT, "cannot find the object", name));
    return info;
}

Result<Stat> DirStore::stat_now(std::string_view name) const {
    ZG_TRY(const struct stat info, stat_object(name));
    ZG_TRY(const ThawState thaw, thaw_state_of(name, info));
    return Stat{.size = file_size(info),
                .modified = modified(info),
                .thaw = thaw,
                .thaw_tiers = is_cold(info) ? limits_.thaw_tiers : std::vector<ThawTier>{}};
}

Result<Stat> DirStore::stat(std::string_view name) {
    ZG_CHECK(check_name(name));
    return stat_now(name);
}

Result<std::vector<StoredPart>> DirStore::parts(std::string_view name) {
    ZG_CHECK(stat(name));
    return std::vector<StoredPart>{};
}

Result<Fd> DirStore::open_readable(std::string_view name) const {
    ZG_CHECK(check_name(name));
    ZG_TRY(Fd file, tree_.open_file(name, O_RDONLY));
    struct stat info{};
    if (::fstat(file.get(), &info) != 0)
        return fail(tree_.error(errno, "cannot stat the object", name));
    ZG_TRY(const ThawState state, thaw_state_of(name, info));
    if (state.temperature != Temperature::hot) return fail(cold_error(tree_.where(name), state));
    return file;
}

Result<std::size_t> DirStore::read(std::string_view name, std::uint64_t offset, MutableBytes into) {
    ZG_TRY(const Fd file, open_readable(name));
    // After the end of any object, and beyond what the system call accepts.
    if (offset > limits_.max_object_size) return std::size_t{0};
    return read_fully_at(file.get(), into, offset, tree_.where(name));
}

Result<Buffer> DirStore::get(std::string_view name) {
    ZG_TRY(const Fd file, open_readable(name));
    struct stat info{};
    if (::fstat(file.get(), &info) != 0)
        return fail(tree_.error(errno, "cannot stat the object", name));
    ZG_CHECK(check_hot_size(name, file_size(info)));
    Buffer content(file_size(info));
    ZG_TRY(const std::size_t count, read_fully_at(file.get(), content, 0, tree_.where(name)));
    content.resize(count);
    return content;
}

Result<void> DirStore::remove(std::string_view name) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(tree_.check_still_there());
    // The thaw first: a crash then leaves a segment that is cold again, not a thaw of a later
    // segment of this name.
    if (thaw_delay_) ZG_CHECK(forget_thaw(tree_, name));
    ZG_CHECK(tree_.remove_file(name));
    return tree_.remove_empty_parents(name);
}

// --- hot objects

Result<void> DirStore::put_object(std::string_view name, Bytes bytes, bool replace) const {
    // Only the name of a thaw's record begins with a dot.
    if (!name.starts_with(thaw_folder)) ZG_CHECK(check_name(name));
    ZG_CHECK(check_hot_size(name, bytes.size()));
    ZG_TRY(const Temporary temporary, new_hot_file(tree_, name));
    const auto written = [&]() -> Result<void> {
        tree_.step("write", name);
        ZG_CHECK(write_fully_at(temporary.file.get(), bytes, 0, tree_.where(name)));
        tree_.step("fsync", name);
        ZG_CHECK(sync_file(temporary.file.get(), tree_.where(name)));
        return tree_.move(temporary.path, name, replace);
    }();
    if (!written) {
        (void)tree_.remove_empty_parents(name);
        (void)tree_.remove_file(temporary.path);
    }
    return written;
}

}  // namespace

Result<void> create_dir_store(const std::string& path, Steps& steps) {
    steps.at("dir.mkdir .");
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        Error error = errno_error(errno, "cannot create the store's folder", "dir:" + path);
        if (errno == ENOENT)
            error.hint = "create its parent folder first, or mount the filesystem it is on";
        return fail(std::move(error));
    }
    const std::string parent = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    steps.at("dir.fsync ..");
    // A parent that we may search but not read cannot be synced; every run checks again that the
    // folder exists.
    if (auto synced = sync_folder(parent); !synced && synced.error().kind != ErrorKind::refused)
        return synced;
    return {};
}

Result<std::unique_ptr<Store>> open_dir_store(const DirOptions& options, Clock& clock,
                                              Steps& steps) {
    ZG_TRY(DirTree tree, DirTree::open(options.path, steps));
    return std::make_unique<DirStore>(std::move(tree), options, clock);
}

}  // namespace zg::store
