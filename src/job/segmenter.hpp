// The middle of the backup pipeline: compresses runs of records and makes segments, and parts of them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "codec/zstd.hpp"
#include "flow/pipeline.hpp"
#include "job/chunk.hpp"

namespace zg::job {

struct SegmentPlan {
    std::uint64_t segment_size = std::uint64_t{1} << 30U;  ///< stored bytes after which the next record begins a new segment
    std::uint64_t part_size = std::uint64_t{8} << 20U;
    std::optional<int> zstd_level;  ///< nothing: stored as it is
};

/// Takes chunks of whole records and emits parts: blocks of part_size bytes, the last one of a segment with `segment_end` and maybe smaller.
class Segmenter final : public flow::Stage<Chunk> {
  public:
    /// `chunks`: where the chunks it takes go back to; `parts`: where those it emits come from.
    Segmenter(SegmentPlan plan, flow::BufferPool& chunks, flow::BufferPool& parts);
    Result<void> take(Chunk chunk, const flow::Emit<Chunk>& emit) override;
    Result<void> finish(const flow::Emit<Chunk>& emit) override;

  private:
    void open(const RecordSpan& span);
    Result<void> append(Bytes bytes, const flow::Emit<Chunk>& emit);
    Result<void> emit_part(const flow::Emit<Chunk>& emit, std::optional<catalog::Segment> end);
    Result<void> close(const flow::Emit<Chunk>& emit);

    SegmentPlan plan_;
    flow::BufferPool& chunks_;
    flow::BufferPool& parts_;
    std::optional<codec::ZstdEncoder> encoder_;
    Buffer encoded_;  // what the encoder gave for one chunk
    flow::Block part_;
    std::optional<catalog::Segment> segment_;
    bool has_first_ = false;                       // the segment has met a record with an object
    std::optional<catalog::ObjectPosition> last_;  // of the whole stream: a segment without objects of its own takes it over
    std::uint32_t count_ = 0;
};

/// "000001.zfs.zst": the file name of segment `number`.
std::string segment_name(std::uint32_t number, bool zstd);

}  // namespace zg::job
