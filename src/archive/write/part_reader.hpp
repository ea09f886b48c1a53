// Reads a send stream straight into the parts of segments, for streams that are stored as they are.
#pragma once

#include <cstdint>
#include <optional>

#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/segment_book.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/result.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::archive {

/// Gives parts: blocks of part_size bytes, the last one of a segment with `segment_end` and maybe
/// smaller. The bytes are not moved between reading and putting: each copy of a GiB costs about as
/// much as checking it.
class PartReader {
  public:
    /// `pool`: where the parts come from.
    PartReader(CheckedInput& input, SegmentPlan plan, SegmentBook& book, flow::BufferPool& pool)
        : input_(input),
          plan_(plan),
          book_(book),
          pool_(pool),
          segment_begin_(input.checker().boundary()),
          part_begin_(segment_begin_) {}

    /// The next part; nothing at the end of a complete stream. Errors: those of
    /// CheckedInput::read().
    Result<std::optional<Chunk>> next();

  private:
    [[nodiscard]] bool segment_is_full();
    Chunk close_segment();
    Chunk close_last();
    Chunk ended_part(flow::Block block, std::uint64_t end);

    CheckedInput& input_;
    SegmentPlan plan_;
    SegmentBook& book_;
    flow::BufferPool& pool_;
    std::uint64_t segment_begin_;  // in the stream
    std::uint64_t part_begin_;     // of part_, in the stream
    flow::Block part_;             // being filled
    flow::Block waiting_;  // a full part, until it is known whether it is the segment's last
    bool ended_ = false;
};

}  // namespace zg::archive
