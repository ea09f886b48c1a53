// Numbers the segments of an archive and notes where in the stream each begins and ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/write/chunk.hpp"
#include "archive/write/segment_plan.hpp"
#include "catalog/manifest.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checkpoint.hpp"

namespace zg::archive {

class SegmentBook {
  public:
    /// `suffix` of the segments' names; `done`: segments that are stored already.
    SegmentBook(SegmentPlan plan, std::string suffix,
                const std::vector<catalog::Segment>& done = {});

    /// The records of `span` belong to the segment, which they begin if there is none.
    void add(const RecordSpan& span);
    [[nodiscard]] bool is_open() const { return segment_.has_value(); }
    /// Whether the segment is large enough to end here with `stored_size` bytes. If zfs send
    /// could resume a little later it waits for that, until it is twice as large.
    [[nodiscard]] bool may_close(std::uint64_t stored_size) const;
    /// Ends the segment that `stored_size` bytes hold; add() must have been called for it. Its
    /// composite_sha256 is still to come.
    SegmentEnd close(std::uint64_t stored_size);

  private:
    SegmentPlan plan_;
    std::string suffix_;
    std::optional<catalog::Segment> segment_;
    std::optional<stream::Checkpoint> checkpoint_;  // after the newest records
    bool checkpoint_ahead_ = false;
    codec::Fletcher4 fletcher4_after_{};
    bool has_first_ = false;  // the segment has met a record with an object
    // of the whole stream: a segment without objects of its own takes it over
    std::optional<catalog::ObjectPosition> last_;
    std::size_t count_ = 0;
};

}  // namespace zg::archive
