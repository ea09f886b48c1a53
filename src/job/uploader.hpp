// The end of the backup pipeline: puts parts into the store and completes segments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/sha256.hpp"
#include "flow/pipeline.hpp"
#include "job/chunk.hpp"
#include "job/context.hpp"

namespace zg::job {

class Uploader final : public flow::Stage<Chunk> {
  public:
    /// Segments go to archives/`archive_id`/.
    Uploader(Context& context, std::string archive_id, std::uint64_t part_size, bool zstd, flow::BufferPool& pool);
    Result<void> take(Chunk chunk, const flow::Emit<Chunk>& emit) override;

    /// The segments that the store has confirmed, in order.
    [[nodiscard]] const std::vector<catalog::Segment>& segments() const { return segments_; }

  private:
    Result<void> begin_segment();
    Result<void> complete(catalog::Segment segment);

    Context& context_;
    std::string archive_id_;
    std::uint64_t part_size_;
    bool zstd_;
    flow::BufferPool& pool_;
    std::optional<store::Upload> upload_;
    std::vector<store::Part> parts_;
    codec::Sha256 whole_;
    codec::Sha256 composite_;
    std::vector<catalog::Segment> segments_;
};

}  // namespace zg::job
