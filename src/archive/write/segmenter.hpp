// The middle of the backup pipeline: encodes runs of records and makes segments, and parts of them.
#pragma once

#include <cstdint>
#include <optional>

#include "archive/write/chunk.hpp"
#include "archive/write/segment_book.hpp"
#include "archive/write/segment_encoder.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"

namespace zg::archive {

/// Takes chunks of whole records and emits parts: blocks of part_size bytes, the last one of a
/// segment with `segment_end` and maybe smaller.
class Segmenter final : public flow::Stage<Chunk> {
  public:
    /// `chunks`: where the chunks it takes go back to; `parts`: where those it emits come from.
    Segmenter(SegmentPlan plan, SegmentBook& book, SegmentEncoder& encoder,
              flow::BufferPool& chunks, flow::BufferPool& parts)
        : plan_(plan), book_(book), encoder_(encoder), chunks_(chunks), parts_(parts) {}
    Result<void> take(Chunk chunk, const flow::Emit<Chunk>& emit) override;
    Result<void> finish(const flow::Emit<Chunk>& emit) override;

  private:
    class PartSink;
    Result<void> append(Bytes bytes, const flow::Emit<Chunk>& emit);
    Result<void> emit_part(const flow::Emit<Chunk>& emit, std::optional<SegmentEnd> end);
    Result<void> close(const flow::Emit<Chunk>& emit);

    SegmentPlan plan_;
    SegmentBook& book_;
    SegmentEncoder& encoder_;
    flow::BufferPool& chunks_;
    flow::BufferPool& parts_;
    flow::Block part_;
    std::uint64_t stored_ = 0;  // bytes of the open segment
};

}  // namespace zg::archive
