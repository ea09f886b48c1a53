#include "archive/write/part_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::archive {

namespace {

// As much as a processor core's own cache holds beside other things: it is checked right after it
// was read.
constexpr std::size_t step = std::size_t{128} << 10U;

}  // namespace

bool PartReader::segment_is_full() {
    // Behind a complete stream comes its end, which read() must confirm first.
    if (input_.checker().complete() || !input_.boundary_is_proved()) return false;
    const std::uint64_t boundary = input_.checker().boundary();
    if (boundary <= part_begin_ || boundary - segment_begin_ < plan_.segment_size) return false;
    book_.add(input_.take_span());
    return book_.may_close(boundary - segment_begin_);
}

Chunk PartReader::ended_part(flow::Block block, std::uint64_t end) {
    book_.add(input_.take_span());
    Chunk chunk{
        .block = std::move(block), .span = {}, .segment_end = book_.close(end - segment_begin_)};
    segment_begin_ = end;
    part_begin_ = end;
    return chunk;
}

/// Ends the segment at the last record boundary; what was read after it begins the next.
Chunk PartReader::close_segment() {
    const std::uint64_t boundary = input_.checker().boundary();
    const std::size_t whole = boundary - part_begin_;
    const Bytes rest = part_.bytes().subspan(whole);
    flow::Block next = pool_.take(plan_.part_size);
    next.append(rest);
    part_.size = whole;
    return ended_part(std::exchange(part_, std::move(next)), boundary);
}

Chunk PartReader::close_last() {
    const std::uint64_t end = input_.checker().boundary();
    return ended_part(part_.size > 0 ? std::exchange(part_, {}) : std::exchange(waiting_, {}), end);
}

Result<std::optional<Chunk>> PartReader::next() {
    for (;;) {
        if (waiting_.size > 0 && part_.size > 0)
            return Chunk{.block = std::exchange(waiting_, {}), .span = {}, .segment_end = {}};
        if (ended_) {
            if (part_.size == 0 && waiting_.size == 0) return std::optional<Chunk>{};
            return close_last();
        }
        if (segment_is_full()) return close_segment();
        if (part_.size == plan_.part_size) {
            part_begin_ += part_.size;
            waiting_ = std::exchange(part_, {});
        }
        if (part_.capacity() == 0) part_ = pool_.take(plan_.part_size);
        const MutableBytes room = part_.room().first(plan_.part_size - part_.size);
        ZG_TRY(const std::size_t got, input_.read(room.first(std::min(room.size(), step))));
        part_.size += got;
        ended_ = got == 0;
    }
}

}  // namespace zg::archive
