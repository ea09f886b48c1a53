// The end of the backup pipeline: puts parts into the store, several at a time, and completes
// segments.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "archive/write/chunk.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"
#include "flow/workers.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// At most engine.effort.connections + 1 parts are in its hands; a segment is completed before the
/// next one is begun.
class Uploader final : public flow::Stage<Chunk> {
  public:
    /// Stores segments of `archive_id`, whose names end with `suffix`.
    Uploader(const Engine& engine, std::string archive_id, std::uint64_t part_size,
             std::string suffix, flow::BufferPool& pool);
    /// `act` is called with each segment that the store has confirmed, before the next one is
    /// begun; its error ends the upload.
    void after_segment(std::function<Result<void>(const SegmentEnd&)> act) {
        after_segment_ = std::move(act);
    }
    Result<void> take(Chunk chunk, const flow::Emit<Chunk>& emit) override;
    /// The next segment is in the store already. Between segments only.
    void skip(catalog::Segment segment) { segments_.push_back(std::move(segment)); }

    /// The segments that the store has confirmed, in order.
    [[nodiscard]] const std::vector<catalog::Segment>& segments() const { return segments_; }

  private:
    Result<void> begin_segment();
    void begin_part(flow::Block block);
    Result<void> collect_part();
    Result<void> complete(SegmentEnd end);

    const Engine& engine_;
    std::string archive_id_;
    std::uint64_t part_size_;
    std::string suffix_;
    std::function<Result<void>(const SegmentEnd&)> after_segment_;
    flow::BufferPool& pool_;
    std::optional<store::Upload> upload_;
    std::uint32_t begun_ = 0;         // parts of this segment
    std::vector<store::Part> parts_;  // of this segment, confirmed
    std::vector<catalog::Segment> segments_;
    flow::Workers workers_;  // after what its tasks refer to
    flow::Window<Result<store::Part>> under_way_{workers_};
};

}  // namespace zg::archive
