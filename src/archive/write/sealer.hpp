// Encrypts the segments of an archive: each is one age file, whose chunks are sealed on several
// threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/transform.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/workers.hpp"

namespace zg::archive {

/// An encoder. One thread calls it, and takes part in the sealing while the others have enough to
/// do.
class Sealer final : public codec::Transform {
  public:
    /// Begins the age file that a segment becomes.
    using BeginFile = std::function<Result<codec::AgeFile>()>;

    /// `begin_file` is called for each segment, on the caller's thread. `threads`: beside the
    /// caller's; none: all on the caller's.
    Sealer(BeginFile begin_file, unsigned threads);

    Result<void> feed(Bytes bytes, Sink& out) override;
    Result<void> finish(Sink& out) override;
    [[nodiscard]] std::uint64_t pending() const override {
        return chunks_ ? beginning_ + codec::age_sealed_size(plaintext_) - written_ : 0;
    }

    /// Bytes that a sealer with `threads` takes at most, without what begin_file takes.
    static constexpr std::uint64_t memory(unsigned threads) {
        return most_batches(threads) * batch_size;
    }

  private:
    /// Of whole chunks, with their tags.
    static constexpr std::size_t batch_size = 16 * codec::age_sealed_chunk_size;
    /// Those under way on and for `threads`, the caller's own, and the one that is being filled.
    static constexpr std::size_t most_batches(unsigned threads) {
        return std::size_t{3} * threads + 2;
    }

    Result<void> begin(Sink& out);
    /// Writes what is sealed to `out`, in order, and waits until no more than `most` batches are
    /// under way.
    Result<void> collect(std::size_t most, Sink& out);
    void seal(bool last);

    BeginFile begin_file_;
    std::size_t most_under_way_;
    flow::BufferPool blocks_{batch_size};
    std::shared_ptr<const codec::AgeChunks> chunks_;  // of the open segment
    std::uint64_t next_chunk_ = 0;
    std::uint64_t beginning_ = 0;  // bytes before the first chunk
    std::uint64_t plaintext_ = 0;  // bytes taken
    std::uint64_t written_ = 0;    // bytes of the open segment
    // plaintext of chunks, each with room for its tag after it; kept until a byte after it shows
    // that it is not the last
    flow::Block batch_;
    flow::Workers workers_;  // after what its tasks refer to
    flow::Window<Result<flow::Block>> under_way_{workers_};
};

}  // namespace zg::archive
