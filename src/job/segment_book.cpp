#include "job/segment_book.hpp"

#include <fmt/format.h>

namespace zg::job {

std::string segment_name(std::uint32_t number, bool zstd) { return fmt::format("{:06}.zfs{}", number, zstd ? ".zst" : ""); }

void SegmentBook::add(const RecordSpan& span) {
    if (!segment_) {
        segment_ = catalog::Segment{.name = segment_name(++count_, zstd_),
                                    .stored_size = 0,
                                    .stream_begin = span.begin,
                                    .stream_end = span.begin,
                                    .first = last_.value_or(catalog::ObjectPosition{}),
                                    .last = {},
                                    .fletcher4 = span.fletcher4,
                                    .part_size = part_size_,
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
}

catalog::Segment SegmentBook::close(std::uint64_t stored_size) {
    segment_->stored_size = stored_size;
    return *std::exchange(segment_, std::nullopt);
}

}  // namespace zg::job
