#include "archive/write/segment_book.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/write/chunk.hpp"
#include "archive/write/segment_plan.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"

namespace zg::archive {

SegmentBook::SegmentBook(SegmentPlan plan, std::string suffix,
                         const std::vector<catalog::Segment>& done)
    : plan_(plan), suffix_(std::move(suffix)), count_(done.size()) {
    if (!done.empty()) last_ = done.back().last;
}

void SegmentBook::add(const RecordSpan& span) {
    if (!segment_) {
        segment_ = catalog::Segment{.name = catalog::segment_file_name(++count_, suffix_),
                                    .stored_size = 0,
                                    .stream_begin = span.begin,
                                    .stream_end = span.begin,
                                    .first = last_.value_or(catalog::ObjectPosition{}),
                                    .last = {},
                                    .fletcher4 = span.fletcher4,
                                    .part_size = plan_.part_size,
                                    .object_range = span.object_range,
                                    .composite_sha256 = {}};
        has_first_ = false;
    }
    if (span.first && !has_first_) {
        segment_->first = *span.first;
        has_first_ = true;
    }
    if (span.last) last_ = span.last;
    segment_->last = last_.value_or(catalog::ObjectPosition{});
    segment_->stream_end = span.end;
    checkpoint_ = span.checkpoint;
    checkpoint_ahead_ = span.checkpoint_ahead;
    fletcher4_after_ = span.fletcher4_after;
}

bool SegmentBook::may_close(std::uint64_t stored_size) const {
    return stored_size >= plan_.segment_size &&
           (!checkpoint_ahead_ || stored_size >= 2 * plan_.segment_size);
}

SegmentEnd SegmentBook::close(std::uint64_t stored_size) {
    segment_->stored_size = stored_size;
    return {.segment = *std::exchange(segment_, std::nullopt),
            .checkpoint = std::exchange(checkpoint_, std::nullopt),
            .fletcher4_after = fletcher4_after_};
}

}  // namespace zg::archive
