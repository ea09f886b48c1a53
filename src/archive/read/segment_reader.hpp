// Reads the segments of an archive from the store, several ranges at a time, and gives them out in
// order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/sha256.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/workers.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// A piece of a segment, as stored or decoded.
struct Piece {
    flow::Block block;
    std::size_t segment = 0;
    bool last = false;  ///< of the segment
};

/// An error of kind damage in the object `where`.
std::unexpected<Error> damaged(const std::string& where, std::string what);
/// An error met in the object `name`, with its name; one that is missing is damage.
std::unexpected<Error> in_segment(Error error, const std::string& name);

/// The digests of the segment's parts as the store reports them, proved by the manifest's composite
/// digest; empty if it reports none, or those of other parts (the object was copied by another
/// program).
Result<std::vector<codec::Sha256Digest>> proved_part_digests(store::Store& store,
                                                             const catalog::Segment& segment,
                                                             const std::string& name);

/// Reads some of an archive's segments. Each part whose digest the store reports is compared with
/// it as it comes, and fetched again if it was changed on the way; each segment is compared with
/// the manifest's composite digest when its last byte has come. A segment that is missing, shorter,
/// longer or of another digest is damage. One thread calls it. Memory: connections + 2 ranges, each
/// a part of up to 32 MiB, or 8 MiB of a larger one.
class SegmentReader {
  public:
    /// Reads the segments [first, first + count) of the archive.
    SegmentReader(const Engine& engine, const catalog::Manifest& archive, std::size_t first,
                  std::size_t count, flow::BufferPool& pool);

    /// `act` is called with the number of each segment before it is requested, and again, from any
    /// thread, if it turns out to be cold.
    void before_segment(std::function<Result<void>(std::size_t)> act) {
        before_segment_ = std::move(act);
    }
    /// The next piece; nothing at the end.
    Result<std::optional<Piece>> next();

    static constexpr std::size_t largest_range = std::size_t{32} << 20U;
    /// How many requests to the store reading the segment takes: one for the digests of its parts,
    /// and one for each range. They are paid for.
    static std::uint64_t requests_for(const catalog::Segment& segment);

  private:
    struct Range {
        std::size_t segment = 0;
        std::uint64_t offset = 0;
        std::size_t size = 0;
        bool whole_part = false;
        bool ends_part = false;
        bool ends_segment = false;
        std::optional<codec::Sha256Digest> expected;  // of a whole part
    };
    struct Fetched {
        Range range;
        flow::Block block;
        std::optional<codec::Sha256Digest> digest;  // of a whole part
    };

    [[nodiscard]] const catalog::Segment& segment(std::size_t index) const {
        return archive_.segments[index];
    }
    [[nodiscard]] std::string name(std::size_t index) const {
        return archive_.object_name(segment(index));
    }
    Result<void> begin_range();
    Result<Fetched> fetch(const Range& range);
    Result<void> fill(const Range& range, flow::Block& block);
    Result<void> check(const Fetched& fetched);

    const Engine& engine_;
    const catalog::Manifest& archive_;
    flow::BufferPool& pool_;
    std::size_t end_;          // the segment after the last
    std::size_t asking_;       // the segment that is being requested,
    std::uint64_t asked_ = 0;  // how much of it has been,
    std::function<Result<void>(std::size_t)> before_segment_;
    // and the digests of its parts, if they are known
    std::vector<codec::Sha256Digest> expected_;
    codec::Sha256 part_hash_;  // of the part being taken, if it comes in several ranges
    std::vector<codec::Sha256Digest> digests_;  // of the parts taken of this segment
    flow::Workers workers_;                     // after what its tasks refer to
    flow::Window<Result<Fetched>> under_way_{workers_};
};

}  // namespace zg::archive
