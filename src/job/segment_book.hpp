// Numbers the segments of an archive and notes where in the stream each begins and ends.
#pragma once

#include <optional>
#include <string>

#include "job/chunk.hpp"

namespace zg::job {

struct SegmentPlan {
    std::uint64_t segment_size = std::uint64_t{1} << 30U;  ///< stored bytes after which the next record begins a new segment
    std::uint64_t part_size = std::uint64_t{8} << 20U;
};

/// "000001.zfs.zst": the file name of segment `number`.
std::string segment_name(std::uint32_t number, bool zstd);

class SegmentBook {
  public:
    SegmentBook(std::uint64_t part_size, bool zstd) : part_size_(part_size), zstd_(zstd) {}

    /// The records of `span` belong to the segment, which they begin if there is none.
    void add(const RecordSpan& span);
    [[nodiscard]] bool is_open() const { return segment_.has_value(); }
    /// Ends the segment that `stored_size` bytes hold; add() must have been called for it. Its composite_sha256 is still to come.
    catalog::Segment close(std::uint64_t stored_size);

  private:
    std::uint64_t part_size_;
    bool zstd_;
    std::optional<catalog::Segment> segment_;
    bool has_first_ = false;                       // the segment has met a record with an object
    std::optional<catalog::ObjectPosition> last_;  // of the whole stream: a segment without objects of its own takes it over
    std::uint32_t count_ = 0;
};

}  // namespace zg::job
