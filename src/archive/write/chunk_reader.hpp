// Cuts a send stream into runs of whole records, for a compressor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "base/result.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::archive {

/// Gives chunks of whole records of about 1 MiB (a single record can be up to 16 MiB).
class ChunkReader {
  public:
    /// Bytes of a chunk's buffer: usually, and at the most, when a record is as large as one can
    /// be.
    static constexpr std::size_t usual_chunk = std::size_t{1} << 20U;
    static constexpr std::size_t largest_chunk = std::size_t{32} << 20U;

    ChunkReader(CheckedInput& input, flow::BufferPool& pool)
        : input_(input), pool_(pool), pending_begin_(input.checker().boundary()) {}

    /// The next chunk; nothing at the end of a complete stream. Errors: those of
    /// CheckedInput::read().
    Result<std::optional<Chunk>> next();

  private:
    Chunk cut();

    CheckedInput& input_;
    flow::BufferPool& pool_;
    flow::Block pending_;          // bytes read and not yet given out
    std::uint64_t pending_begin_;  // their place in the stream
    bool ended_ = false;
};

}  // namespace zg::archive
