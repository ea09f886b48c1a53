// The backup pipeline: from a send stream to confirmed segments in the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/engine.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/segment_encoder.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::archive {

struct PutOptions {
    SegmentPlan plan;
    SegmentCoding coding{};
    bool counted = true;  ///< progress counts what is read
    /// segments that are stored already: `input` begins after them
    std::vector<catalog::Segment> done{};
    /// Called with each segment that the store has confirmed, before the next one is begun; its
    /// error ends the upload.
    std::function<Result<void>(const SegmentEnd&)> after_segment{};
};

/// Parts and chunks that wait between two steps of the pipeline.
inline constexpr std::size_t put_queue_depth = 1;

/// The most bytes that put_stream() holds, with `connections` of the store. `large_records`: up to
/// 16 MiB, not 128 KiB.
std::uint64_t put_memory(const PutOptions& options, unsigned connections, bool large_records);

/// Stores what `input` gives as the segments of archive `archive_id`, and gives them all in
/// order, `done` ones included. Errors: those of CheckedInput::read(), after which input.failed(),
/// and of the store. Segments that were completed before an error stay in the store.
Result<std::vector<catalog::Segment>> put_stream(const Engine& engine,
                                                 const std::string& archive_id, CheckedInput& input,
                                                 const PutOptions& options);

}  // namespace zg::archive
