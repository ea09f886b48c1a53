#include "archive/write/segmenter.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "flow/pipeline.hpp"

namespace zg::archive {

/// Makes parts of what the encoder gives.
class Segmenter::PartSink final : public Sink {
  public:
    PartSink(Segmenter& segmenter, const flow::Emit<Chunk>& emit)
        : segmenter_(segmenter), emit_(emit) {}
    Result<void> write(Bytes bytes) override { return segmenter_.append(bytes, emit_); }

  private:
    Segmenter& segmenter_;
    const flow::Emit<Chunk>& emit_;
};

Result<void> Segmenter::emit_part(const flow::Emit<Chunk>& emit, std::optional<SegmentEnd> end) {
    return emit(
        Chunk{.block = std::exchange(part_, {}), .span = {}, .segment_end = std::move(end)});
}

Result<void> Segmenter::append(Bytes bytes, const flow::Emit<Chunk>& emit) {
    while (!bytes.empty()) {
        if (part_.capacity() == 0) part_ = parts_.take(plan_.part_size);
        // A full part waits for the byte after it, so that the last part of a segment is never an
        // empty one.
        if (part_.size == plan_.part_size) {
            ZG_CHECK(emit_part(emit, std::nullopt));
            continue;
        }
        const std::size_t count = std::min<std::size_t>(bytes.size(), plan_.part_size - part_.size);
        part_.append(bytes.first(count));
        stored_ += count;
        bytes = bytes.subspan(count);
    }
    return {};
}

Result<void> Segmenter::close(const flow::Emit<Chunk>& emit) {
    PartSink parts(*this, emit);
    ZG_CHECK(encoder_.finish(parts));
    return emit_part(emit, book_.close(std::exchange(stored_, 0)));
}

Result<void> Segmenter::take(Chunk chunk, const flow::Emit<Chunk>& emit) {
    book_.add(chunk.span);
    PartSink parts(*this, emit);
    ZG_CHECK(encoder_.feed(chunk.block.bytes(), parts));
    chunks_.give_back(std::move(chunk.block));
    return book_.may_close(encoder_.stored()) ? close(emit) : Result<void>{};
}

Result<void> Segmenter::finish(const flow::Emit<Chunk>& emit) {
    return book_.is_open() ? close(emit) : Result<void>{};
}

}  // namespace zg::archive
