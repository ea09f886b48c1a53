#include "store/vault/vault_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "store/checks.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "store/vault/jobs.hpp"
#include "store/vault/names.hpp"
#include "store/vault/options.hpp"
#include "store/vault/refresh.hpp"

namespace zg::store {

namespace {

constexpr std::size_t longest_description = 1024;
constexpr unsigned read_tries = 4;

/// The receipt of a part holds both its digests, so that complete() can check that its list is that
/// of the parts that were put.
std::string tag_of(const codec::TreeHash::Digests& digests) {
    return digests.tree.hex() + "/" + digests.linear.hex();
}

/// The tree hash in a receipt; nothing if it is not the part's receipt.
std::optional<codec::Sha256Digest> tree_of(const Part& part) {
    if (part.tag.size() != 129 || part.tag.substr(65) != part.sha256.hex()) return std::nullopt;
    return codec::Sha256Digest::from_hex(part.tag.substr(0, 64));
}

class VaultStore final : public Store {
  public:
    VaultStore(VaultOptions options, std::unique_ptr<aws::Glacier> glacier,
               std::unique_ptr<VaultIndex> index, Clock& clock, Log& log)
        : options_(std::move(options)),
          glacier_(std::move(glacier)),
          index_(std::move(index)),
          clock_(clock),
          log_(log),
          jobs_(*glacier_, *index_, clock_, options_.vault, options_.topic) {}

    [[nodiscard]] std::string url() const override {
        return fmt::format("glacier://{}/{}", glacier_->config().region, options_.vault);
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
    Result<std::vector<Entry>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view name) override;

    Result<void> put(std::string_view name, Bytes bytes) override {
        return put_hot(name, bytes, false);
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return put_hot(name, bytes, true);
    }
    Result<Buffer> get(std::string_view name) override;

    Result<void> refresh() override;
    Result<std::vector<std::string>> warnings() override;

  private:
    [[nodiscard]] std::string where(std::string_view name) const {
        return fmt::format("{}/{}", url(), name);
    }
    VaultRefresh contents() {
        return VaultRefresh({.vault = options_.vault,
                             .url = url(),
                             .inventory_takes = limits_.thaw_tiers[1].longest,
                             .glacier = *glacier_,
                             .index = *index_,
                             .jobs = jobs_,
                             .clock = clock_,
                             .log = log_});
    }
    Result<void> ensure_known();
    Result<VaultObject> find(std::string_view name);
    Result<void> check_free(std::string_view name);
    Result<Stat> stat_of(const VaultObject& object);
    Result<std::size_t> read_output(const aws::Job& job, const VaultObject& object,
                                    std::uint64_t offset, MutableBytes into);
    Result<Stat> complete_noted(const Upload& upload, const std::vector<Part>& parts,
                                const codec::Sha256Digest& tree);
    Result<aws::ArchiveReceipt> put_empty(const Upload& upload);
    Result<void> put_hot(std::string_view name, Bytes bytes, bool only_new);
    Result<std::vector<std::string>> upload_pieces(std::string_view name, Bytes bytes);

    VaultOptions options_;
    std::unique_ptr<aws::Glacier> glacier_;
    std::unique_ptr<VaultIndex> index_;
    Clock& clock_;
    Log& log_;
    VaultJobs jobs_;
    Limits limits_ = vault_limits();
    std::atomic<bool> known_ = false;
};

Result<void> VaultStore::ensure_known() {
    if (known_) return {};
    ZG_TRY(const auto knowledge, index_->known());
    known_ = knowledge.has_value();
    if (known_) return {};
    return fail({.kind = ErrorKind::cold,
                 .what = "the content of the vault is not known on this machine",
                 .where = url(),
                 .hint = fmt::format("`zglacier catalog rebuild --store {}` requests its inventory "
                                     "from Amazon, which takes about four hours and is free",
                                     url())});
}

Result<VaultObject> VaultStore::find(std::string_view name) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(ensure_known());
    ZG_TRY(auto object, index_->find(std::string(name)));
    if (!object)
        return fail({.kind = ErrorKind::not_found,
                     .what = "there is no such object",
                     .where = where(name)});
    return std::move(*object);
}

Result<void> VaultStore::check_free(std::string_view name) {
    const auto there = find(name);
    if (!there)
        return there.error().kind == ErrorKind::not_found ? Result<void>{} : fail(there.error());
    return fail(
        {.kind = ErrorKind::conflict, .what = "the name exists already", .where = where(name)});
}

// --- segments

Result<Upload> VaultStore::begin(std::string_view name, std::uint64_t part_size,
                                 std::string_view description) {
    ZG_CHECK(check_begin(limits_, name, part_size, description));
    ZG_CHECK(check_free(name));
    std::string text = describe({.kind = VaultMark::Kind::segment, .name = std::string(name)});
    if (!description.empty()) text += fmt::format(" {}", description);
    text.resize(std::min(text.size(), longest_description));
    ZG_TRY(std::string id, glacier_->initiate_upload(options_.vault, part_size, text));
    return Upload{.name = std::string(name),
                  .id = std::move(id),
                  .part_size = part_size,
                  .started = clock_.now()};
}

Result<Part> VaultStore::put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                                  const codec::Sha256Digest& sha256) {
    ZG_CHECK(check_name(upload.name));
    ZG_CHECK(check_part_place(limits_, upload, number, bytes));
    codec::TreeHash::Digests digests{.linear = sha256, .tree = sha256};
    // Up to one leaf both are the same. For more, only the tree hash is computed here: the service
    // checks the linear one.
    if (bytes.size() > codec::tree_leaf_size) digests.tree = codec::tree_hash_only(bytes);
    const auto changed = [&] { return codec::sha256(bytes) != sha256; };
    const Error other{.kind = ErrorKind::damage,
                      .what = fmt::format("part {} does not match its digest", number),
                      .where = where(upload.name)};
    if (!bytes.empty()) {
        auto put = glacier_->upload_part(options_.vault, upload.id, (number - 1) * upload.part_size,
                                         bytes, digests);
        if (!put && put.error().kind != ErrorKind::unavailable &&
            put.error().kind != ErrorKind::not_found && changed())
            return fail(other);
        if (!put) return fail(std::move(put.error()));
    } else if (changed()) {
        return fail(other);
    }
    return Part{.number = number, .size = bytes.size(), .sha256 = sha256, .tag = tag_of(digests)};
}

Result<Stat> VaultStore::complete(const Upload& upload, const std::vector<Part>& parts) {
    ZG_CHECK(check_name(upload.name));
    ZG_CHECK(check_parts(limits_, upload, parts));
    std::vector<codec::Sha256Digest> trees;
    bool sound = true;
    for (const Part& part : parts) {
        const auto tree = tree_of(part);
        sound = sound && tree.has_value();
        trees.push_back(tree.value_or(codec::Sha256Digest{}));
    }
    if (!sound) {
        (void)abort(upload);
        return fail({.kind = ErrorKind::damage,
                     .what = "a part's receipt does not match the part that was put",
                     .where = where(upload.name)});
    }
    const codec::Sha256Digest tree = codec::join_tree_hashes(trees);
    ZG_TRY(const VaultIndex::Hold hold, index_->hold());
    auto there = find(upload.name);
    if (there) {
        if (there->upload_id == upload.id && there->size == total_size(parts) &&
            there->tree_hash == tree)
            return stat_of(*there);
        return fail({.kind = ErrorKind::conflict,
                     .what = "the name exists already",
                     .where = where(upload.name)});
    }
    if (there.error().kind != ErrorKind::not_found) return fail(std::move(there.error()));
    return complete_noted(upload, parts, tree);
}

/// The answer may be lost, and with it the archive's id: so the completion is noted in the index
/// first.
Result<Stat> VaultStore::complete_noted(const Upload& upload, const std::vector<Part>& parts,
                                        const codec::Sha256Digest& tree) {
    const std::uint64_t size = total_size(parts);
    ZG_CHECK(index_->begin_completion(
        {.upload_id = upload.id, .name = upload.name, .size = size, .tree_hash = tree}));
    auto receipt = size == 0 ? put_empty(upload)
                             : glacier_->complete_upload(options_.vault, upload.id, size, tree);
    if (!receipt) {
        Error error = std::move(receipt.error());
        if (error.kind == ErrorKind::unavailable) return fail(std::move(error));
        ZG_CHECK(index_->end_completion(upload.id));
        // The service does not have the parts that were sent.
        if (error.kind == ErrorKind::usage || error.kind == ErrorKind::damage) {
            error.kind = ErrorKind::damage;
            (void)abort(upload);
        }
        if (error.where.empty() || error.kind == ErrorKind::not_found)
            error.where = where(upload.name);
        return fail(std::move(error));
    }
    const VaultObject object{.name = upload.name,
                             .archives = {receipt->id},
                             .size = size,
                             .tree_hash = tree,
                             .modified = clock_.now(),
                             .upload_id = upload.id};
    ZG_CHECK(index_->put(object));
    return stat_of(object);
}

/// Archives cannot be empty: the description serves as content.
Result<aws::ArchiveReceipt> VaultStore::put_empty(const Upload& upload) {
    ZG_TRY(const auto open, glacier_->list_uploads(options_.vault));
    if (std::ranges::find(open, upload.id, &aws::GlacierUpload::id) == open.end())
        return fail({.kind = ErrorKind::not_found,
                     .what = "the upload is gone",
                     .where = where(upload.name)});
    const Bytes one = as_bytes("\n");
    ZG_TRY(aws::ArchiveReceipt receipt,
           glacier_->upload_archive(
               options_.vault, one, codec::tree_hash(one),
               describe({.kind = VaultMark::Kind::empty_segment, .name = upload.name})));
    ZG_CHECK(abort(upload));
    return receipt;
}

Result<void> VaultStore::abort(const Upload& upload) {
    return glacier_->abort_upload(options_.vault, upload.id);
}

Result<std::vector<Upload>> VaultStore::uploads(std::string_view prefix) {
    ZG_CHECK(contents().finish_completions());
    ZG_TRY(const auto listed, glacier_->list_uploads(options_.vault));
    std::vector<Upload> uploads;
    for (const aws::GlacierUpload& upload : listed) {
        const auto mark = parse_description(upload.description);
        if (mark && mark->name.starts_with(prefix))
            uploads.push_back({.name = mark->name,
                               .id = upload.id,
                               .part_size = upload.part_size,
                               .started = upload.created});
    }
    return uploads;
}

// --- thaw

Result<void> VaultStore::thaw(std::string_view name, const ThawRequest& request) {
    ZG_TRY(const VaultObject object, find(name));
    Limits of_object = limits_;
    if (object.content) of_object.thaw_tiers.clear();
    ZG_CHECK(check_thaw(of_object, name, request));
    if (object.content) return {};
    return jobs_.ask(object.archives.front(), request.tier, fmt::format("zglacier {}", name));
}

Result<ThawState> VaultStore::thaw_state(std::string_view name) {
    ZG_TRY(const VaultObject object, find(name));
    if (object.content) return ThawState{};
    return jobs_.state_of(object.archives.front());
}

// --- both sorts

Result<std::size_t> VaultStore::read(std::string_view name, std::uint64_t offset,
                                     MutableBytes into) {
    ZG_TRY(const VaultObject object, find(name));
    if (object.content) {
        const Bytes rest =
            Bytes(*object.content).subspan(std::min<std::size_t>(offset, object.content->size()));
        const std::size_t count = std::min(rest.size(), into.size());
        copy_bytes(rest.first(count), into);
        return count;
    }
    ZG_TRY(const auto job, jobs_.job_for(object.archives.front()));
    if (!job || !job->succeeded())
        return fail({.kind = ErrorKind::cold,
                     .what = "the segment is cold",
                     .where = where(name),
                     .hint = "request its thaw: `zglacier thaw --request`"});
    if (offset >= object.size || into.empty()) return std::size_t{0};
    for (unsigned tries = 1;; ++tries) {
        auto got = read_output(*job, object, offset, into);
        if (got || got.error().kind != ErrorKind::damage) return got;
        if (tries == read_tries) {
            got.error().kind = ErrorKind::unavailable;
            return got;
        }
        log_.warning(fmt::format("{}; fetching them again", got.error().message()));
    }
}

/// damage if the bytes do not match the service's tree hash.
Result<std::size_t> VaultStore::read_output(const aws::Job& job, const VaultObject& object,
                                            std::uint64_t offset, MutableBytes into) {
    auto output = glacier_->get_job_output(
        options_.vault, job.id, offset,
        into.first(std::min<std::uint64_t>(into.size(), object.size - offset)));
    if (!output && output.error().kind == ErrorKind::not_found) {
        jobs_.forget();
        return fail({.kind = ErrorKind::cold,
                     .what = "the thawed copy has expired",
                     .where = where(object.name),
                     .cause = output.error().cause,
                     .hint = "request its thaw again: `zglacier thaw --request`"});
    }
    if (!output) return fail(std::move(output.error()));
    const Bytes received = into.first(output->received);
    const bool whole = output->tree_hash && !received.empty() &&
                       codec::is_tree_aligned(offset, offset + received.size() - 1, object.size);
    if (whole && codec::tree_hash_only(received) != *output->tree_hash)
        return fail({.kind = ErrorKind::damage,
                     .what = "data was changed in transit from the store",
                     .where = where(object.name),
                     .hint = "run the same command again later"});
    return output->received;
}

Result<Stat> VaultStore::stat_of(const VaultObject& object) {
    Stat stat{.size = object.size, .modified = object.modified};
    if (object.content) return stat;
    if (object.size > 0) stat.tree_hash = object.tree_hash;
    stat.storage_class = "GLACIER";
    stat.thaw_tiers = limits_.thaw_tiers;
    ZG_TRY(stat.thaw, jobs_.state_of(object.archives.front()));
    return stat;
}

Result<Stat> VaultStore::stat(std::string_view name) {
    ZG_TRY(const VaultObject object, find(name));
    return stat_of(object);
}

Result<std::vector<StoredPart>> VaultStore::parts(std::string_view name) {
    ZG_CHECK(find(name));
    return std::vector<StoredPart>{};
}

Result<std::vector<Entry>> VaultStore::list(std::string_view prefix) {
    ZG_CHECK(ensure_known());
    ZG_CHECK(contents().finish_completions());
    ZG_TRY(const auto objects, index_->list(prefix));
    std::vector<Entry> entries;
    for (const VaultObject& object : objects)
        entries.push_back({.name = object.name, .size = object.size, .modified = object.modified});
    return entries;
}

Result<void> VaultStore::remove(std::string_view name) {
    ZG_TRY(const VaultIndex::Hold hold, index_->hold());
    auto object = find(name);
    if (!object)
        return object.error().kind == ErrorKind::not_found ? Result<void>{}
                                                           : fail(std::move(object.error()));
    // An adopted archive stays: only the mark that made it a segment is removed.
    if (object->adopted()) {
        object->archives.erase(object->archives.begin());
        ZG_CHECK(index_->put(*object));
    }
    for (const std::string& archive : object->archives)
        ZG_CHECK(glacier_->delete_archive(options_.vault, archive));
    return index_->remove(object->name, clock_.now());
}

// --- hot objects

Result<std::vector<std::string>> VaultStore::upload_pieces(std::string_view name, Bytes bytes) {
    const auto stamp = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(clock_.now().time_since_epoch())
            .count());
    ZG_TRY(const auto pieces, make_pieces(std::string(name), stamp, bytes));
    std::vector<std::string> archives;
    for (const VaultMark& piece : pieces) {
        // The archive holds the text, too, so that somebody who retrieves the archives can join
        // them without any list.
        const Bytes body = as_bytes(piece.text);
        ZG_TRY(aws::ArchiveReceipt receipt,
               glacier_->upload_archive(options_.vault, body, codec::tree_hash(body),
                                        describe(piece)));
        archives.push_back(std::move(receipt.id));
    }
    return archives;
}

Result<void> VaultStore::put_hot(std::string_view name, Bytes bytes, bool only_new) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(check_hot_size(name, bytes.size()));
    ZG_TRY(const VaultIndex::Hold hold, index_->hold());
    auto there = find(name);
    if (!there && there.error().kind != ErrorKind::not_found) return fail(std::move(there.error()));
    if (there && only_new)
        return fail(
            {.kind = ErrorKind::conflict, .what = "the name exists already", .where = where(name)});
    ZG_TRY(std::vector<std::string> archives, upload_pieces(name, bytes));
    const std::vector<std::string> before = there ? there->archives : std::vector<std::string>{};
    ZG_CHECK(index_->put({.name = std::string(name),
                          .archives = std::move(archives),
                          .size = bytes.size(),
                          .modified = clock_.now(),
                          .content = Buffer(bytes.begin(), bytes.end())}));
    for (const std::string& archive : before)
        ZG_CHECK(glacier_->delete_archive(options_.vault, archive));
    return index_->note_removed(before, clock_.now());
}

Result<Buffer> VaultStore::get(std::string_view name) {
    ZG_TRY(VaultObject object, find(name));
    if (object.content) return std::move(*object.content);
    ZG_CHECK(check_hot_size(name, object.size));
    Buffer bytes(object.size + 1);  // at least one byte, so that a cold object is reported as cold
    std::size_t at = 0;
    do {
        ZG_TRY(const std::size_t got, read(name, at, MutableBytes(bytes).subspan(at)));
        if (got == 0) break;
        at += got;
    } while (at < object.size);
    bytes.resize(at);
    return bytes;
}

// --- what is in the vault

Result<void> VaultStore::refresh() { return contents().run(); }

Result<std::vector<std::string>> VaultStore::warnings() {
    ZG_CHECK(glacier_->describe_vault(options_.vault));
    return std::vector<std::string>{};
}

}  // namespace

std::unique_ptr<Store> make_vault_store(VaultOptions options, std::unique_ptr<aws::Glacier> glacier,
                                        std::unique_ptr<VaultIndex> index, Clock& clock, Log& log) {
    return std::make_unique<VaultStore>(std::move(options), std::move(glacier), std::move(index),
                                        clock, log);
}

}  // namespace zg::store
