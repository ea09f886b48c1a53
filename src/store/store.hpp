// The Store contract, which every place for archives fulfills.
//
// A store keeps two sorts of objects under names such as "folder/20261123T020000Z/000001.zfs.zst":
// - segments: large, written once in parts, possibly cold: readable only after a thaw;
// - hot objects: small (at most 64 MiB), readable at any time, written whole.
// A store knows nothing of ZFS, of keys or of the catalog. A name consists of parts of
// [A-Za-z0-9._-] separated by '/'; no part is empty or begins with a dot; it has at most 200
// characters. Any other name is refused with kind usage.
//
// Life of a segment: begin -> put_part (any order, in parallel) -> complete, or abort. Before
// complete() has returned success the segment does not exist for stat, list or read; afterwards it
// is durable, and never changes. An upload that was neither completed nor aborted (a crash) stays
// listed by uploads() until somebody aborts it.
// Threads: every member may be called from several threads at once, except begin, complete and
// abort of the same upload. Errors: not_found, conflict, refused, full, cold, damage, usage,
// unavailable (worth a retry), io.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::store {

/// One way to thaw.
struct ThawTier {
    std::string name;              ///< "expedited", "standard", "bulk"
    std::chrono::seconds longest;  ///< the longest time it should take, according to the store
};

/// The limits of a store. Sizes in bytes.
struct Limits {
    std::uint64_t min_part_size = 1;  ///< of every part but the last
    std::uint64_t max_part_size = 0;
    bool part_size_power_of_two = false;
    std::uint32_t max_parts = 0;
    std::uint64_t max_object_size = 0;
    std::chrono::days minimum_retention{
        0};                      ///< objects that are removed earlier are billed for this time
    bool cold = false;           ///< segments may need a thaw before they can be read
    bool reading_costs = false;  ///< every byte read costs money
    /// if cold: the tiers for segments that this store writes, the cheapest last; Stat::thaw_tiers
    /// has those of an existing object
    std::vector<ThawTier> thaw_tiers{};
    /// How long a thawed segment stays readable, if the store and not the request decides that;
    /// then a thaw cannot be prolonged.
    std::optional<std::chrono::seconds> readable_for{};
};

/// An unfinished upload, as returned by begin() or uploads().
struct Upload {
    std::string name{};           ///< of the segment it will become
    std::string id{};             ///< the store's own name for the upload
    std::uint64_t part_size = 0;  ///< of all parts but the last; 0 if uploads() does not know it
    TimePoint started{};
};

/// A part that was put into an upload.
struct Part {
    std::uint32_t number = 0;  ///< from 1
    std::uint64_t size = 0;
    codec::Sha256Digest sha256;
    std::string tag;  ///< the store's receipt, to be passed to complete()
};

/// An object in the store.
struct Entry {
    std::string name;
    std::uint64_t size = 0;
    TimePoint modified{};
};

enum class Temperature { hot, cold, thawing };
std::string_view temperature_name(Temperature temperature);

/// Whether a segment can be read now.
struct ThawState {
    Temperature temperature = Temperature::hot;
    std::optional<TimePoint> requested{};  ///< thawing: since when, if the store reports it
    /// thawing: when it should be readable, if that is known
    std::optional<TimePoint> expected{};
    std::optional<TimePoint> readable_until{};  ///< hot after a thaw: until when
};

/// The metadata of an object, from stat().
struct Stat {
    std::uint64_t size = 0;
    TimePoint modified{};
    /// The store's own checksum of a segment, if it has one: codec::composite_sha256() of its
    /// parts.
    std::optional<codec::Sha256Digest> composite_sha256{};
    /// the store's own checksum of a segment, if it is codec::tree_hash()
    std::optional<codec::Sha256Digest> tree_hash{};
    std::string storage_class{};  ///< the store's own name of it ("DEEP_ARCHIVE"), may be empty
    std::string lock_mode{};      ///< "COMPLIANCE" or "GOVERNANCE" if it is locked
    std::optional<TimePoint> locked_until{};
    ThawState thaw{};
    /// The tiers that can be requested for this object, the cheapest last; empty if it never needs
    /// a thaw. Follows from how the object was written, not from its name.
    std::vector<ThawTier> thaw_tiers{};
};

/// How to thaw.
struct ThawRequest {
    /// one of Limits::thaw_tiers; usage if the store has no such tier
    std::string tier = "standard";
    std::chrono::days days{1};  ///< how long it is to stay readable
};

/// A part of a complete segment, as the store keeps it.
struct StoredPart {
    std::uint64_t size = 0;
    codec::Sha256Digest sha256{};
};

class Store {
  public:
    virtual ~Store() = default;

    /// The store's URL, with no secret in it.
    [[nodiscard]] virtual std::string url() const = 0;
    [[nodiscard]] virtual const Limits& limits() const = 0;

    // --- segments
    /// Starts an upload of parts of `part_size` bytes. conflict if the name exists. `description`
    /// is kept with the object if the store supports that (printable ASCII, at most 1,024
    /// characters).
    virtual Result<Upload> begin(std::string_view name, std::uint64_t part_size,
                                 std::string_view description) = 0;
    /// Puts part `number` (from 1): `bytes` are part_size bytes, or fewer in the last part;
    /// `sha256` is their digest, which the store checks (damage if it differs). The same number
    /// again replaces the part. not_found if the upload is gone. Several threads may put parts of
    /// one upload.
    virtual Result<Part> put_part(const Upload& upload, std::uint32_t number, Bytes bytes,
                                  const codec::Sha256Digest& sha256) = 0;
    /// Joins the parts (in order of number, from 1 without a gap, all but the last of part_size)
    /// into one durable segment, once the store has confirmed that its data matches their digests
    /// (else damage, and the upload is gone). conflict if the name exists by now (the upload stays
    /// until it is aborted). Calling it again after success with the same arguments succeeds. usage
    /// if the list of parts is invalid; an empty segment has one empty part.
    virtual Result<Stat> complete(const Upload& upload, const std::vector<Part>& parts) = 0;
    /// Removes the upload and its parts. It is not an error if the upload is gone.
    virtual Result<void> abort(const Upload& upload) = 0;
    /// All unfinished uploads for names that begin with `prefix`.
    virtual Result<std::vector<Upload>> uploads(std::string_view prefix) = 0;

    /// Requests that the segment be made readable. It is not an error if the segment is never cold
    /// or is already thawing: it stays as it is. If it is thawed, the copy stays readable until
    /// `days` from now, or longer if it already was to. usage unless `days` is 1 or more.
    virtual Result<void> thaw(std::string_view name, const ThawRequest& request) = 0;
    virtual Result<ThawState> thaw_state(std::string_view name) = 0;

    // --- both sorts
    /// Reads from byte `offset` as much as fits into `into` and exists; returns the number of
    /// bytes, 0 at or after the end. Returns fewer if the connection broke in the middle: these
    /// bytes are good, and the caller requests the rest. cold if a thaw is needed first.
    virtual Result<std::size_t> read(std::string_view name, std::uint64_t offset,
                                     MutableBytes into) = 0;
    virtual Result<Stat> stat(std::string_view name) = 0;
    /// The parts of a segment with the store's own digest of each, in order, without reading the
    /// segment (it may be cold). Empty if the store keeps none.
    virtual Result<std::vector<StoredPart>> parts(std::string_view name) = 0;
    /// All complete objects whose name begins with `prefix`, sorted by name.
    virtual Result<std::vector<Entry>> list(std::string_view prefix) = 0;
    /// Removes an object durably. It is not an error if the object is gone.
    virtual Result<void> remove(std::string_view name) = 0;

    // --- hot objects
    /// Writes `bytes` under `name`, durably and at once: a reader sees the old or the new content,
    /// never a part.
    virtual Result<void> put(std::string_view name, Bytes bytes) = 0;
    /// As put(), but conflict if the name exists: of several writers exactly one succeeds.
    virtual Result<void> put_new(std::string_view name, Bytes bytes) = 0;
    virtual Result<Buffer> get(std::string_view name) = 0;

    /// Updates the store's knowledge of its content, if it needs to request that and wait: cold,
    /// with the expected time, until it is ready; then call it again. What was written or removed
    /// through this store is known without it.
    virtual Result<void> refresh() = 0;

    /// Warnings about the place itself: anything that endangers archives or has hidden costs, one
    /// sentence each ("a lifecycle rule removes …").
    virtual Result<std::vector<std::string>> warnings() = 0;
};

/// Refuses (usage) a name that the contract does not allow.
Result<void> check_name(std::string_view name);

}  // namespace zg::store
