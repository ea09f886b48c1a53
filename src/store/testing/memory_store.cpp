#include "store/testing/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/checks.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

struct Object {
    Buffer bytes;
    TimePoint modified{};
    std::vector<StoredPart> parts{};  // of a segment
    std::optional<codec::Sha256Digest> composite{};
};

struct OpenUpload {
    Upload upload;
    std::map<std::uint32_t, Buffer> parts;
};

std::unexpected<Error> not_found(std::string_view name, std::string what) {
    return fail(
        {.kind = ErrorKind::not_found, .what = std::move(what), .where = std::string(name)});
}

std::unexpected<Error> exists(std::string_view name) {
    return fail({.kind = ErrorKind::conflict,
                 .what = "the name exists already",
                 .where = std::string(name)});
}

}  // namespace

/// Shared by all stores made by reopened(). The members after the mutex are used only while it is
/// held.
struct MemoryStore::State {
    State(Clock& clock_in, MemoryOptions options)
        : clock(clock_in), limits(options.limits), thaw_delay(options.thaw) {
        limits.cold = thaw_delay.has_value();
        if (thaw_delay) limits.thaw_tiers = simulated_tiers(*thaw_delay);
    }

    /// Only a segment has parts.
    [[nodiscard]] bool is_cold(const Object& object) const {
        return limits.cold && object.composite;
    }

    [[nodiscard]] ThawState thaw_state_of(const std::string& name, const Object& object) const {
        if (!is_cold(object)) return {};
        return thaw_state_at(thaw_of(name), clock.now());
    }

    [[nodiscard]] std::optional<ThawRecord> thaw_of(const std::string& name) const {
        const auto found = thaws.find(name);
        return found != thaws.end() ? std::optional(found->second) : std::nullopt;
    }

    [[nodiscard]] Stat stat_of(const std::string& name, const Object& object) const {
        return {.size = object.bytes.size(),
                .modified = object.modified,
                .composite_sha256 = object.composite,
                .thaw = thaw_state_of(name, object),
                .thaw_tiers = is_cold(object) ? limits.thaw_tiers : std::vector<ThawTier>{}};
    }

    [[nodiscard]] Result<const Object*> find(std::string_view name) const {
        ZG_CHECK(check_name(name));
        const auto found = objects.find(std::string(name));
        if (found == objects.end()) return not_found(name, "there is no such object");
        return &found->second;
    }

    [[nodiscard]] Result<const Object*> find_readable(std::string_view name) const {
        ZG_TRY(const Object* object, find(name));
        const ThawState state = thaw_state_of(std::string(name), *object);
        if (state.temperature != Temperature::hot)
            return fail(cold_error(std::string(name), state));
        return object;
    }

    void set(std::string_view name, Buffer bytes) {
        objects[std::string(name)] = {.bytes = std::move(bytes), .modified = clock.now()};
    }

    /// The listed parts, joined; damage if one was never put or differs from the list.
    [[nodiscard]] static Result<Buffer> join(const OpenUpload& upload,
                                             const std::vector<Part>& parts) {
        Buffer whole;
        for (const Part& part : parts) {
            const auto found = upload.parts.find(part.number);
            if (found == upload.parts.end() || found->second.size() != part.size ||
                codec::sha256(found->second) != part.sha256)
                return fail(
                    {.kind = ErrorKind::damage,
                     .what = fmt::format("the store does not have part {} as listed", part.number),
                     .where = upload.upload.name});
            whole.insert(whole.end(), found->second.begin(), found->second.end());
        }
        return whole;
    }

    Clock& clock;
    Limits limits;
    std::optional<std::chrono::seconds> thaw_delay;

    std::mutex mutex;
    std::map<std::string, Object> objects;
    std::map<std::string, OpenUpload> uploads;
    std::map<std::string, ThawRecord> thaws;
    std::uint64_t next_upload = 1;
};

MemoryStore::MemoryStore(Clock& clock, MemoryOptions options)
    : state_(std::make_shared<State>(clock, options)) {}
MemoryStore::MemoryStore(std::shared_ptr<State> state) : state_(std::move(state)) {}
MemoryStore::~MemoryStore() = default;

std::unique_ptr<MemoryStore> MemoryStore::reopened() const {
    return std::unique_ptr<MemoryStore>(new MemoryStore(state_));
}

const Limits& MemoryStore::limits() const { return state_->limits; }

Result<Upload> MemoryStore::begin(std::string_view name, std::uint64_t part_size,
                                  std::string_view description) {
    ZG_CHECK(check_begin(state_->limits, name, part_size, description));
    const std::lock_guard guard(state_->mutex);
    if (state_->objects.contains(std::string(name))) return exists(name);
    Upload upload{.name = std::string(name),
                  .id = fmt::format("upload-{}", state_->next_upload++),
                  .part_size = part_size,
                  .started = state_->clock.now()};
    state_->uploads[upload.id] = {.upload = upload, .parts = {}};
    return upload;
}

Result<Part> MemoryStore::put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                                   const codec::Sha256Digest& sha256) {
    ZG_CHECK(check_part(state_->limits, upload, number, bytes, sha256));
    const std::lock_guard guard(state_->mutex);
    const auto found = state_->uploads.find(upload.id);
    if (found == state_->uploads.end()) return not_found(upload.name, "the upload is gone");
    found->second.parts[number] = Buffer(bytes.begin(), bytes.end());
    return Part{.number = number, .size = bytes.size(), .sha256 = sha256, .tag = sha256.hex()};
}

Result<Stat> MemoryStore::complete(const Upload& upload, const std::vector<Part>& parts) {
    ZG_CHECK(check_parts(state_->limits, upload, parts));
    const std::lock_guard guard(state_->mutex);
    const auto found = state_->uploads.find(upload.id);
    const auto there = state_->objects.find(upload.name);
    if (found == state_->uploads.end()) {
        if (there == state_->objects.end()) return not_found(upload.name, "the upload is gone");
        if (there->second.composite != composite_of(parts)) return exists(upload.name);
        return state_->stat_of(upload.name, there->second);
    }
    if (there != state_->objects.end()) return exists(upload.name);
    auto whole = State::join(found->second, parts);
    state_->uploads.erase(found);
    if (!whole) return fail(std::move(whole.error()));
    state_->thaws.erase(upload.name);
    state_->set(upload.name, std::move(*whole));
    Object& object = state_->objects[upload.name];
    for (const Part& part : parts)
        object.parts.push_back({.size = part.size, .sha256 = part.sha256});
    object.composite = composite_of(parts);
    return state_->stat_of(upload.name, object);
}

Result<void> MemoryStore::abort(const Upload& upload) {
    const std::lock_guard guard(state_->mutex);
    state_->uploads.erase(upload.id);
    return {};
}

Result<std::vector<Upload>> MemoryStore::uploads(std::string_view prefix) {
    const std::lock_guard guard(state_->mutex);
    std::vector<Upload> result;
    for (const auto& [id, open] : state_->uploads) {
        if (open.upload.name.starts_with(prefix)) result.push_back(open.upload);
    }
    std::ranges::stable_sort(result, {}, &Upload::name);
    return result;
}

Result<void> MemoryStore::thaw(std::string_view name, const ThawRequest& request) {
    ZG_CHECK(check_thaw(state_->limits, name, request));
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find(name));
    if (!state_->is_cold(*object)) return {};
    const std::string key(name);
    if (const auto record =
            thaw_requested(state_->thaw_of(key), state_->clock.now(), *state_->thaw_delay, request))
        state_->thaws[key] = *record;
    return {};
}

Result<ThawState> MemoryStore::thaw_state(std::string_view name) {
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find(name));
    return state_->thaw_state_of(std::string(name), *object);
}

Result<std::size_t> MemoryStore::read(std::string_view name, std::uint64_t offset,
                                      MutableBytes into) {
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find_readable(name));
    if (offset >= object->bytes.size()) return std::size_t{0};
    const Bytes rest = Bytes(object->bytes).subspan(static_cast<std::size_t>(offset));
    const std::size_t count = std::min(rest.size(), into.size());
    std::ranges::copy(rest.first(count), into.begin());
    return count;
}

Result<Stat> MemoryStore::stat(std::string_view name) {
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find(name));
    return state_->stat_of(std::string(name), *object);
}

Result<std::vector<StoredPart>> MemoryStore::parts(std::string_view name) {
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find(name));
    return object->parts;
}

Result<std::vector<Entry>> MemoryStore::list(std::string_view prefix) {
    const std::lock_guard guard(state_->mutex);
    std::vector<Entry> entries;
    for (const auto& [name, object] : state_->objects) {
        if (name.starts_with(prefix))
            entries.push_back(
                {.name = name, .size = object.bytes.size(), .modified = object.modified});
    }
    return entries;
}

Result<void> MemoryStore::remove(std::string_view name) {
    ZG_CHECK(check_name(name));
    const std::lock_guard guard(state_->mutex);
    state_->objects.erase(std::string(name));
    state_->thaws.erase(std::string(name));
    return {};
}

Result<void> MemoryStore::put(std::string_view name, Bytes bytes) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(check_hot_size(name, bytes.size()));
    const std::lock_guard guard(state_->mutex);
    state_->set(name, Buffer(bytes.begin(), bytes.end()));
    return {};
}

Result<void> MemoryStore::put_new(std::string_view name, Bytes bytes) {
    ZG_CHECK(check_name(name));
    ZG_CHECK(check_hot_size(name, bytes.size()));
    const std::lock_guard guard(state_->mutex);
    if (state_->objects.contains(std::string(name))) return exists(name);
    state_->set(name, Buffer(bytes.begin(), bytes.end()));
    return {};
}

Result<Buffer> MemoryStore::get(std::string_view name) {
    const std::lock_guard guard(state_->mutex);
    ZG_TRY(const Object* object, state_->find_readable(name));
    ZG_CHECK(check_hot_size(name, object->bytes.size()));
    return object->bytes;
}

}  // namespace zg::store
