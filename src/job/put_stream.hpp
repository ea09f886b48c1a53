// The backup pipeline: from a send stream to confirmed segments in the store.
#pragma once

#include <vector>

#include "job/checked_input.hpp"
#include "job/context.hpp"
#include "job/segment_book.hpp"

namespace zg::job {

struct PutOptions {
    SegmentPlan plan;
    std::optional<int> zstd_level;  ///< nothing: stored as it is
};

/// Parts and chunks that wait between two steps of the pipeline.
inline constexpr std::size_t put_queue_depth = 1;

/// The most bytes that put_stream() holds, with `connections` of the store. `large_records`: up to 16 MiB, not 128 KiB.
std::uint64_t put_memory(const PutOptions& options, unsigned connections, bool large_records);

/// Stores what `input` gives as the segments of archives/`archive_id`/, and gives them in order. Errors: those of CheckedInput::read(), after which
/// input.failed(), and of the store. Segments that were completed before an error stay in the store.
Result<std::vector<catalog::Segment>> put_stream(Context& context, const std::string& archive_id, CheckedInput& input, const PutOptions& options);

}  // namespace zg::job
