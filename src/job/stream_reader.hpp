// The head of the backup pipeline: reads a send stream, checks it, and cuts it at record boundaries.
#pragma once

#include "base/io.hpp"
#include "flow/pipeline.hpp"
#include "job/chunk.hpp"
#include "stream/checker.hpp"

namespace zg::job {

/// Gives chunks of whole records, each verified, of about 1 MiB (a single record can be up to 16 MiB).
class StreamReader {
  public:
    /// Bytes of a chunk's buffer: usually, and at the most, when a record is as large as one can be.
    static constexpr std::size_t usual_chunk = std::size_t{1} << 20U;
    static constexpr std::size_t largest_chunk = std::size_t{32} << 20U;

    StreamReader(Source& source, flow::BufferPool& pool);

    /// The next chunk; nothing at the end of a complete stream. damage or unsupported where the stream is not sound,
    /// or where zfs send has put an extended attribute where no receive will look for it.
    Result<std::optional<Chunk>> next();

    [[nodiscard]] const stream::Checker& checker() const { return checker_; }

  private:
    void note(const stream::Record& record);
    Chunk cut();

    Source& source_;
    flow::BufferPool& pool_;
    stream::Checker checker_;
    flow::Block pending_;             // bytes read and not yet given out
    std::uint64_t pending_begin_ = 0; // their place in the stream
    RecordSpan span_;                 // of the whole records among them
    bool ended_ = false;
    std::optional<Error> loss_;       // what zfs send itself has lost
};

}  // namespace zg::job
