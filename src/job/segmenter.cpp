#include "job/segmenter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace zg::job {

std::string segment_name(std::uint32_t number, bool zstd) { return fmt::format("{:06}.zfs{}", number, zstd ? ".zst" : ""); }

Segmenter::Segmenter(SegmentPlan plan, flow::BufferPool& chunks, flow::BufferPool& parts) : plan_(plan), chunks_(chunks), parts_(parts) {
    if (plan.zstd_level) encoder_.emplace(*plan.zstd_level);
}

void Segmenter::open(const RecordSpan& span) {
    segment_ = catalog::Segment{.name = segment_name(++count_, encoder_.has_value()),
                                .stored_size = 0,
                                .stream_begin = span.begin,
                                .stream_end = span.begin,
                                .first = {},
                                .last = {},
                                .fletcher4 = span.fletcher4,
                                .part_size = plan_.part_size,
                                .composite_sha256 = {}};
    segment_->first = last_.value_or(catalog::ObjectPosition{});
    has_first_ = false;
}

Result<void> Segmenter::emit_part(const flow::Emit<Chunk>& emit, std::optional<catalog::Segment> end) {
    return emit(Chunk{.block = std::exchange(part_, {}), .span = {}, .segment_end = std::move(end)});
}

Result<void> Segmenter::append(Bytes bytes, const flow::Emit<Chunk>& emit) {
    while (!bytes.empty()) {
        if (part_.storage.empty()) part_ = parts_.take(plan_.part_size);
        // A full part waits for the byte behind it, so that the last part of a segment is never an empty one.
        if (part_.size == plan_.part_size) {
            ZG_CHECK(emit_part(emit, std::nullopt));
            continue;
        }
        const std::size_t count = std::min<std::size_t>(bytes.size(), plan_.part_size - part_.size);
        std::memcpy(part_.room().data(), bytes.data(), count);
        part_.size += count;
        segment_->stored_size += count;
        bytes = bytes.subspan(count);
    }
    return {};
}

Result<void> Segmenter::close(const flow::Emit<Chunk>& emit) {
    if (encoder_) {
        encoded_.clear();
        ZG_CHECK(encoder_->finish(encoded_));
        ZG_CHECK(append(encoded_, emit));
    }
    return emit_part(emit, std::exchange(segment_, std::nullopt));
}

Result<void> Segmenter::take(Chunk chunk, const flow::Emit<Chunk>& emit) {
    if (!segment_) open(chunk.span);
    if (encoder_) {
        encoded_.clear();
        ZG_CHECK(encoder_->update(chunk.block.bytes(), encoded_));
        ZG_CHECK(append(encoded_, emit));
    } else {
        ZG_CHECK(append(chunk.block.bytes(), emit));
    }
    chunks_.give_back(std::move(chunk.block));
    if (chunk.span.first && !has_first_) {
        segment_->first = *chunk.span.first;
        has_first_ = true;
    }
    if (chunk.span.last) last_ = chunk.span.last;
    segment_->last = last_.value_or(catalog::ObjectPosition{});
    segment_->stream_end = chunk.span.end;
    if (segment_->stored_size >= plan_.segment_size) return close(emit);
    return {};
}

Result<void> Segmenter::finish(const flow::Emit<Chunk>& emit) {
    if (!segment_) return {};
    return close(emit);
}

}  // namespace zg::job
