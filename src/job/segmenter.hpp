// The middle of the backup pipeline: compresses runs of records and makes segments, and parts of them.
#pragma once

#include "codec/zstd.hpp"
#include "flow/pipeline.hpp"
#include "job/segment_book.hpp"

namespace zg::job {

/// Takes chunks of whole records and emits parts: blocks of part_size bytes, the last one of a segment with `segment_end` and maybe smaller.
class Segmenter final : public flow::Stage<Chunk> {
  public:
    /// `chunks`: where the chunks it takes go back to; `parts`: where those it emits come from.
    Segmenter(SegmentPlan plan, int zstd_level, flow::BufferPool& chunks, flow::BufferPool& parts)
        : plan_(plan), chunks_(chunks), parts_(parts), encoder_(zstd_level), book_(plan.part_size, true) {}
    Result<void> take(Chunk chunk, const flow::Emit<Chunk>& emit) override;
    Result<void> finish(const flow::Emit<Chunk>& emit) override;

  private:
    Result<void> append(Bytes bytes, const flow::Emit<Chunk>& emit);
    Result<void> emit_part(const flow::Emit<Chunk>& emit, std::optional<catalog::Segment> end);
    Result<void> close(const flow::Emit<Chunk>& emit);

    SegmentPlan plan_;
    flow::BufferPool& chunks_;
    flow::BufferPool& parts_;
    codec::ZstdEncoder encoder_;
    Buffer encoded_;  // what the encoder gave for one chunk
    flow::Block part_;
    SegmentBook book_;
    std::uint64_t stored_ = 0;  // bytes of the open segment
};

}  // namespace zg::job
