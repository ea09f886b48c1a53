#include "store/dir/temporary.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "store/dir/tree.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

constexpr std::string_view upload_mark = "up~";
constexpr std::string_view hot_mark = "put~";
constexpr std::string_view archives_folder = "archives";

std::string random_digits() {
    std::array<std::byte, 8> raw{};
    SystemRandom().fill(raw);
    return fmt::format("{:016x}", load_int<std::uint64_t>(raw, 0));
}

std::string replace_all(std::string_view text, char from, char to) {
    std::string result(text);
    std::ranges::replace(result, from, to);
    return result;
}

std::string path_of(std::string_view id) { return fmt::format("{}/{}", temporary_folder, id); }

Result<Temporary> create(const DirTree& tree, std::string_view id) {
    std::string path = path_of(id);
    ZG_TRY(const Place place, tree.make(path));
    ZG_CHECK(tree.check_still_there());
    tree.step("create", path);
    Fd file(::openat(place.folder.get(), place.leaf.c_str(),
                     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail(tree.error(errno, "cannot create a temporary file", path));
    return Temporary{std::move(file), std::move(path)};
}

/// Removes the text up to the next '~' from the front of `text`, and returns it.
std::string_view take_field(std::string_view& text) {
    const std::size_t end = std::min(text.find('~'), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return field;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && rest == text.data() + text.size();
}

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

Result<std::vector<std::string>> temporary_ids(const DirTree& tree) {
    std::vector<std::string> ids;
    auto folder = tree.open_folder(temporary_folder);
    if (!folder && folder.error().kind == ErrorKind::not_found) return ids;
    if (!folder) return fail(std::move(folder.error()));
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(folder->get()));
    if (!stream) return fail(tree.error(errno, "cannot list the folder", temporary_folder));
    [[maybe_unused]] const int owned_by_stream = folder->release();
    for (;;) {
        errno = 0;
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's own
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr && errno != 0)
            return fail(tree.error(errno, "cannot list the folder", temporary_folder));
        if (entry == nullptr) return ids;
        ids.emplace_back(entry->d_name);
    }
}

/// Whether the file's writer is gone. On a filesystem without locks, the file must not have changed
/// for a day.
bool is_abandoned(const Fd& file) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return true;
    struct stat info{};
    if (errno == EWOULDBLOCK || ::fstat(file.get(), &info) != 0) return false;
    constexpr time_t day = 86400;
    return info.st_mtim.tv_sec + day < ::time(nullptr);
}

}  // namespace

Result<Temporary> new_upload_file(const DirTree& tree, Upload& upload) {
    upload.id =
        fmt::format("{}{}~{}~{}~{}", upload_mark, random_digits(), upload.part_size,
                    upload.started.time_since_epoch().count(), replace_all(upload.name, '/', '~'));
    return create(tree, upload.id);
}

Result<Temporary> new_hot_file(const DirTree& tree, std::string_view name) {
    for (;;) {
        ZG_TRY(Temporary temporary, create(tree, fmt::format("{}{}~{}", hot_mark, random_digits(),
                                                             replace_all(name, '/', '~'))));
        // Between its creation and the lock, another process's collect_leftovers() may have removed
        // it.
        const bool taken =
            ::flock(temporary.file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        struct stat info{};
        const bool gone = ::fstat(temporary.file.get(), &info) == 0 && info.st_nlink == 0;
        if (!taken && !gone) return temporary;
    }
}

std::optional<Upload> parse_upload(std::string_view id) {
    if (!id.starts_with(upload_mark)) return std::nullopt;
    std::string_view rest = id.substr(upload_mark.size());
    Upload upload{.id = std::string(id)};
    std::int64_t started = 0;
    if (take_field(rest).size() != 16 || !read_number(take_field(rest), upload.part_size) ||
        !read_number(take_field(rest), started))
        return std::nullopt;
    upload.started = TimePoint(std::chrono::seconds(started));
    upload.name = replace_all(rest, '~', '/');
    if (upload.part_size == 0 || !check_name(upload.name)) return std::nullopt;
    return upload;
}

Result<Upload> recall_upload(const Upload& upload, std::string& path) {
    const auto known =
        upload.id.find('/') == std::string::npos ? parse_upload(upload.id) : std::nullopt;
    if (!known || known->name != upload.name)
        return fail({.kind = ErrorKind::usage,
                     .what = "this is not an upload of this store",
                     .where = upload.name});
    path = path_of(upload.id);
    return *known;
}

Result<std::vector<Upload>> list_uploads(const DirTree& tree, std::string_view prefix) {
    ZG_TRY(const std::vector<std::string> ids, temporary_ids(tree));
    std::vector<Upload> uploads;
    for (const std::string& id : ids) {
        auto upload = parse_upload(id);
        if (upload && upload->name.starts_with(prefix)) uploads.push_back(std::move(*upload));
    }
    std::ranges::sort(uploads, [](const Upload& a, const Upload& b) {
        return std::tie(a.name, a.id) < std::tie(b.name, b.id);
    });
    return uploads;
}

void collect_leftovers(const DirTree& tree) {
    const auto ids = temporary_ids(tree);
    if (!ids || !tree.check_still_there()) return;
    for (const std::string& id : *ids) {
        if (!id.starts_with(hot_mark)) continue;
        const auto file = tree.open_file(path_of(id), O_RDWR);
        if (!file || !is_abandoned(*file)) continue;
        std::string_view name = std::string_view(id).substr(hot_mark.size());
        take_field(name);
        // The folders first: once the file is gone, nothing refers to them.
        if (tree.remove_empty_parents(replace_all(name, '~', '/')))
            (void)tree.remove_file(path_of(id));
    }
    // A crash between the removal of an archive's last object and of its folder leaves only the
    // folder.
    tree.remove_empty_folders(std::string(archives_folder));
}

}  // namespace zg::store
