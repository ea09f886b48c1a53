#include "store/s3/s3_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/checks.hpp"
#include "store/s3/etag.hpp"
#include "store/s3/lifecycle.hpp"
#include "store/s3/options.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

constexpr unsigned get_tries = 4;

Limits s3_limits(const std::string& storage_class) {
    // A lifecycle rule can make objects of any class cold: only the object itself shows whether it
    // is.
    return {.min_part_size = std::uint64_t{5} << 20U,
            .max_part_size = std::uint64_t{5} << 30U,
            .max_parts = 10'000,
            .max_object_size = std::uint64_t{5} << 40U,
            .minimum_retention = s3_minimum_retention(storage_class),
            .cold = true,
            .reading_costs = true,
            .thaw_tiers = s3_thaw_tiers(is_cold_class(storage_class) ? storage_class : "GLACIER")};
}

class S3Store final : public Store {
  public:
    S3Store(S3Options options, std::unique_ptr<aws::S3> bucket, Clock& clock, Log& log)
        : options_(std::move(options)),
          s3_(std::move(bucket)),
          clock_(clock),
          log_(log),
          limits_(s3_limits(options_.storage_class)) {}

    [[nodiscard]] std::string url() const override {
        return options_.prefix.empty()
                   ? fmt::format("s3://{}", options_.bucket)
                   : fmt::format("s3://{}/{}", options_.bucket, options_.prefix);
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
    Result<void> put_new(std::string_view name, Bytes bytes) override;
    Result<Buffer> get(std::string_view name) override;
    Result<void> refresh() override { return {}; }
    Result<std::vector<std::string>> warnings() override;

  private:
    [[nodiscard]] std::string key(std::string_view name) const { return options_.key(name); }
    [[nodiscard]] std::string where(std::string_view name) const {
        return fmt::format("{}/{}", url(), name);
    }
    [[nodiscard]] std::string name_of(const std::string& key) const {
        return options_.prefix.empty()
                   ? key
                   : key.substr(std::min(key.size(), options_.prefix.size() + 1));
    }
    [[nodiscard]] aws::ObjectSettings settings(std::string storage_class) const;
    Result<void> put_hot(std::string_view name, Bytes bytes, bool only_new);
    Result<void> check_free(std::string_view name);
    Result<Stat> stat_now(std::string_view name);
    [[nodiscard]] Stat stat_of(const aws::ObjectHead& head) const;
    [[nodiscard]] ThawState thaw_state_of(const aws::ObjectHead& head) const;
    Result<Stat> confirm(const Upload& upload, const std::vector<Part>& parts,
                         const aws::Completed& completed);
    Result<Stat> complete_again(const Upload& upload, const std::vector<Part>& parts, Error first);

    S3Options options_;
    std::unique_ptr<aws::S3> s3_;
    Clock& clock_;
    Log& log_;
    Limits limits_;
    std::atomic<bool> never_cold_ = false;  // the server does not implement RestoreObject
};

Result<std::vector<std::string>> S3Store::warnings() {
    auto rules = s3_->get_lifecycle();
    if (!rules && rules.error().kind == ErrorKind::unavailable)
        return fail(std::move(rules.error()));
    // Many users are not allowed to read it: not worth a warning.
    if (!rules) return std::vector<std::string>{};
    return lifecycle_warnings(*rules, options_);
}

// --- segments

aws::ObjectSettings S3Store::settings(std::string storage_class) const {
    aws::ObjectSettings settings{.storage_class = std::move(storage_class),
                                 .sse = options_.sse,
                                 .kms_key_id = options_.kms_key,
                                 .lock_mode = options_.lock_mode,
                                 .retain_until = std::nullopt,
                                 .tags = options_.tags,
                                 .description = {}};
    if (!options_.lock_mode.empty()) settings.retain_until = clock_.now() + options_.lock_time;
    return settings;
}

Result<void> S3Store::check_free(std::string_view name) {
    auto there = s3_->head_object(key(name));
    if (!there)
        return there.error().kind == ErrorKind::not_found ? Result<void>{}
                                                          : fail(std::move(there.error()));
    return fail(
        {.kind = ErrorKind::conflict, .what = "the name exists already", .where = where(name)});
}

Result<Upload> S3Store::begin(std::string_view name, std::uint64_t part_size,
                              std::string_view description) {
    ZG_CHECK(check_begin(limits_, name, part_size, description));
    ZG_CHECK(check_free(name));
    aws::ObjectSettings wanted = settings(options_.storage_class);
    wanted.description = description;
    ZG_TRY(std::string id, s3_->create_multipart_upload(key(name), wanted));
    return Upload{.name = std::string(name),
                  .id = std::move(id),
                  .part_size = part_size,
                  .started = clock_.now()};
}

Result<Part> S3Store::put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                               const codec::Sha256Digest& sha256) {
    ZG_CHECK(check_name(upload.name));
    ZG_CHECK(check_part_place(limits_, upload, number, bytes));
    ZG_TRY(aws::PartReceipt receipt,
           s3_->upload_part(key(upload.name), upload.id, number, bytes, sha256));
    return Part{
        .number = number, .size = bytes.size(), .sha256 = sha256, .tag = std::move(receipt.etag)};
}

Result<Stat> S3Store::complete(const Upload& upload, const std::vector<Part>& parts) {
    ZG_CHECK(check_name(upload.name));
    ZG_CHECK(check_parts(limits_, upload, parts));
    std::vector<aws::PartReceipt> receipts;
    for (const Part& part : parts)
        receipts.push_back(
            {.number = part.number, .etag = part.tag, .sha256 = part.sha256, .size = part.size});
    // Servers that do not implement If-None-Match would replace an existing object, so check first.
    auto free = check_free(upload.name);
    if (!free && free.error().kind == ErrorKind::conflict)
        return complete_again(upload, parts, std::move(free.error()));
    ZG_CHECK(free);
    auto completed = s3_->complete_multipart_upload(key(upload.name), upload.id, receipts, true);
    if (completed) return confirm(upload, parts, *completed);
    const ErrorKind kind = completed.error().kind;
    if (kind == ErrorKind::conflict || kind == ErrorKind::not_found)
        return complete_again(upload, parts, std::move(completed.error()));
    if (kind == ErrorKind::damage) (void)abort(upload);
    return fail(std::move(completed.error()));
}

/// Compares the server's checksum and the object's metadata with what was sent.
Result<Stat> S3Store::confirm(const Upload& upload, const std::vector<Part>& parts,
                              const aws::Completed& completed) {
    const codec::Sha256Digest composite = composite_of(parts);
    ZG_TRY(Stat stat, stat_now(upload.name));
    const bool same = stat.size == total_size(parts) &&
                      completed.composite_sha256.value_or(composite) == composite &&
                      stat.composite_sha256.value_or(composite) == composite;
    if (same) return stat;
    (void)remove(upload.name);
    return fail({.kind = ErrorKind::damage,
                 .what = "the store's checksum differs from that of the data sent",
                 .where = where(upload.name)});
}

/// The upload is gone, or the name exists: it may be this segment, if the answer to an earlier
/// request was lost.
Result<Stat> S3Store::complete_again(const Upload& upload, const std::vector<Part>& parts,
                                     Error first) {
    auto there = s3_->head_object(key(upload.name));
    if (!there)
        return fail(there.error().kind == ErrorKind::not_found ? std::move(first)
                                                               : std::move(there.error()));
    bool same = there->size == total_size(parts);
    if (there->composite_sha256)
        same = same && *there->composite_sha256 == composite_of(parts);
    else if (const auto etag = multipart_etag(parts))
        same = same && there->etag == fmt::format("\"{}\"", *etag);
    if (same) return stat_of(*there);
    return fail({.kind = ErrorKind::conflict,
                 .what = "the name exists already",
                 .where = where(upload.name)});
}

Result<void> S3Store::abort(const Upload& upload) {
    auto aborted = s3_->abort_multipart_upload(key(upload.name), upload.id);
    if (!aborted && aborted.error().kind == ErrorKind::not_found) return {};
    return aborted;
}

Result<std::vector<Upload>> S3Store::uploads(std::string_view prefix) {
    ZG_TRY(const std::vector<aws::ListedUpload> listed, s3_->list_multipart_uploads(key(prefix)));
    std::vector<Upload> uploads;
    for (const aws::ListedUpload& upload : listed)
        uploads.push_back({.name = name_of(upload.key),
                           .id = upload.upload_id,
                           .part_size = 0,
                           .started = upload.initiated});
    return uploads;
}

// --- thaw

ThawState S3Store::thaw_state_of(const aws::ObjectHead& head) const {
    if (!is_cold_class(head.storage_class) || never_cold_) return {};
    if (head.restore_ongoing == true) return {.temperature = Temperature::thawing};
    if (head.restored_until && *head.restored_until > clock_.now())
        return {.temperature = Temperature::hot, .readable_until = head.restored_until};
    return {.temperature = Temperature::cold};
}

Result<ThawState> S3Store::thaw_state(std::string_view name) {
    ZG_CHECK(check_name(name));
    ZG_TRY(const aws::ObjectHead head, s3_->head_object(key(name)));
    return thaw_state_of(head);
}

/// Amazon's name of a tier.
std::string amazon_tier(const std::string& tier) {
    if (tier == "expedited") return "Expedited";
    return tier == "bulk" ? "Bulk" : "Standard";
}

Result<void> S3Store::thaw(std::string_view name, const ThawRequest& request) {
    ZG_CHECK(check_name(name));
    ZG_TRY(const aws::ObjectHead head, s3_->head_object(key(name)));
    Limits of_object = limits_;
    of_object.thaw_tiers = s3_thaw_tiers(head.storage_class);
    ZG_CHECK(check_thaw(of_object, name, request));
    const ThawState state = thaw_state_of(head);
    if (!is_cold_class(head.storage_class) || state.temperature == Temperature::thawing) return {};
    if (state.readable_until && clock_.now() + request.days <= *state.readable_until) return {};
    auto asked = s3_->restore_object(key(name), request.days, amazon_tier(request.tier));
    if (asked) return {};
    if (asked.error().kind != ErrorKind::unsupported) return fail(std::move(asked.error()));
    if (!never_cold_.exchange(true))
        log_.warning(
            fmt::format("{}: this server does not support thaws (RestoreObject); assuming that its "
                        "cold classes can be read",
                        url()));
    return {};
}

// --- both sorts

Result<std::size_t> S3Store::read(std::string_view name, std::uint64_t offset, MutableBytes into) {
    ZG_CHECK(check_name(name));
    return s3_->get_object(key(name), offset, into);
}

Result<Stat> S3Store::stat_now(std::string_view name) {
    ZG_TRY(const aws::ObjectHead head, s3_->head_object(key(name)));
    return stat_of(head);
}

Stat S3Store::stat_of(const aws::ObjectHead& head) const {
    return Stat{.size = head.size,
                .modified = head.modified,
                .composite_sha256 = head.composite_sha256,
                .storage_class = head.storage_class,
                .lock_mode = head.lock_mode,
                .locked_until = head.retain_until,
                .thaw = thaw_state_of(head),
                .thaw_tiers = s3_thaw_tiers(head.storage_class)};
}

Result<Stat> S3Store::stat(std::string_view name) {
    ZG_CHECK(check_name(name));
    return stat_now(name);
}

Result<std::vector<StoredPart>> S3Store::parts(std::string_view name) {
    ZG_CHECK(check_name(name));
    auto attributes = s3_->get_object_attributes(key(name));
    if (!attributes && attributes.error().kind == ErrorKind::unsupported) {
        ZG_CHECK(stat_now(name));
        return std::vector<StoredPart>{};
    }
    if (!attributes) return fail(std::move(attributes.error()));
    std::vector<StoredPart> parts;
    for (const aws::PartReceipt& part : attributes->parts) {
        if (!part.sha256) return std::vector<StoredPart>{};
        parts.push_back({.size = part.size, .sha256 = *part.sha256});
    }
    return parts;
}

Result<std::vector<Entry>> S3Store::list(std::string_view prefix) {
    ZG_TRY(const std::vector<aws::ListedObject> listed, s3_->list_objects(key(prefix)));
    std::vector<Entry> entries;
    for (const aws::ListedObject& object : listed) {
        const std::string name = name_of(object.key);
        // Consoles create keys that end in '/' to show folders.
        if (name.empty() || name.ends_with('/')) continue;
        entries.push_back({.name = name, .size = object.size, .modified = object.modified});
    }
    std::ranges::sort(entries, {}, &Entry::name);
    return entries;
}

/// In a bucket with versions, a plain DELETE only hides the object, which is still billed: so all
/// versions that are not locked are removed.
Result<void> S3Store::remove(std::string_view name) {
    ZG_CHECK(check_name(name));
    auto versioned = s3_->versioning_enabled();
    if (!versioned && versioned.error().kind == ErrorKind::unavailable)
        return fail(std::move(versioned.error()));
    if (versioned.value_or(false) && options_.lock_mode.empty()) {
        auto versions = s3_->list_versions(key(name));
        if (!versions && versions.error().kind != ErrorKind::refused)
            return fail(std::move(versions.error()));
        bool all = versions.has_value();
        for (const std::string& version : versions.value_or(std::vector<std::string>{})) {
            auto deleted = s3_->delete_object(key(name), version);
            if (!deleted && deleted.error().kind != ErrorKind::refused) return deleted;
            all = all && deleted.has_value();
        }
        if (all) return {};
        log_.warning(
            fmt::format("{}: no permission to delete its versions (s3:DeleteObjectVersion): they "
                        "are only hidden, and still billed",
                        where(name)));
    }
    return s3_->delete_object(key(name), "");
}

// --- hot objects

Result<void> S3Store::put_hot(std::string_view name, Bytes bytes, bool only_new) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(check_hot_size(name, bytes.size()));
    return s3_->put_object(key(name), bytes, settings("STANDARD"), only_new);
}

Result<void> S3Store::put_new(std::string_view name, Bytes bytes) {
    ZG_CHECK(check_name(name));
    // Servers that do not implement If-None-Match ignore it, so check first.
    ZG_CHECK(check_free(name));
    auto done = put_hot(name, bytes, true);
    if (done) return done;
    if (done.error().kind == ErrorKind::unsupported) return put_hot(name, bytes, false);
    if (done.error().kind != ErrorKind::conflict) return done;
    // The answer to an earlier request may have been lost: then the existing object is our own.
    const auto there = get(name);
    // Another writer's object may not be visible yet: that writer has won nevertheless.
    if (!there && there.error().kind == ErrorKind::not_found) return done;
    if (!there) return fail(there.error());
    return std::ranges::equal(*there, bytes) ? Result<void>{} : done;
}

Result<Buffer> S3Store::get(std::string_view name) {
    ZG_CHECK(check_name(name));
    for (unsigned tries = 1;; ++tries) {
        auto got = s3_->get_whole_object(key(name), max_hot_size);
        if (got || got.error().kind != ErrorKind::damage) return got;
        // An object changed in transit is good the next time; one damaged in the store is not.
        if (tries == get_tries) {
            if (got.error().hint.empty())
                got.error().hint =
                    "restore the object from another copy of the store, if there is one";
            return got;
        }
        log_.warning(fmt::format("{}; fetching it again", got.error().message()));
    }
}

}  // namespace

std::unique_ptr<Store> make_s3_store(S3Options options, std::unique_ptr<aws::S3> bucket,
                                     Clock& clock, Log& log) {
    return std::make_unique<S3Store>(std::move(options), std::move(bucket), clock, log);
}

}  // namespace zg::store
