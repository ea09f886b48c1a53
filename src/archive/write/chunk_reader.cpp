#include "archive/write/chunk_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::archive {

/// Gives out the whole records; what is left of an unfinished one goes to a new block.
Chunk ChunkReader::cut() {
    const std::size_t whole = input_.checker().boundary() - pending_begin_;
    const Bytes rest = pending_.bytes().subspan(whole);
    flow::Block next = pool_.take(std::max(usual_chunk, rest.size() * 2));
    next.append(rest);

    Chunk chunk{.block = std::move(pending_), .span = input_.take_span(), .segment_end = {}};
    chunk.block.size = whole;
    pending_ = std::move(next);
    pending_begin_ = chunk.span.end;
    return chunk;
}

Result<std::optional<Chunk>> ChunkReader::next() {
    if (ended_) return std::optional<Chunk>{};
    for (;;) {
        if (pending_.capacity() == 0) pending_ = pool_.take(usual_chunk);
        if (pending_.room().empty()) pending_.reserve(pending_.capacity() * 2);
        ZG_TRY(const std::size_t got, input_.read(pending_.room()));
        pending_.size += got;
        ended_ = got == 0;
        const bool whole_records = input_.checker().boundary() > pending_begin_;
        if (ended_ && !whole_records) return std::optional<Chunk>{};
        // After a complete stream comes its end, which read() must confirm before the last chunk
        // is passed on.
        if (!ended_ && input_.checker().complete()) continue;
        const bool nearly_full = pending_.room().size() < usual_chunk / 4;
        if (ended_ || (nearly_full && whole_records && input_.boundary_is_proved())) return cut();
    }
}

}  // namespace zg::archive
