// Encrypts the segments of an archive: each is one age file, whose chunks are sealed on several
// threads.
#pragma once

#include <memory>
#include <optional>

#include "archive/encryption.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/workers.hpp"

namespace zg::archive {

/// One thread calls it, and takes part in the sealing while the others have enough to do. Memory:
/// most_batches() of batch_size.
class Sealer {
  public:
    /// `encryption` is on and outlives this, as `random` does. `threads`: beside the caller's;
    /// none: all on the caller's.
    Sealer(const Encryption& encryption, Random& random, unsigned threads);

    /// Takes bytes of the segment that is open, or begins one; writes to `out`, in order, what has
    /// been sealed.
    Result<void> write(Bytes bytes, Sink& out);
    /// Ends the segment and writes the rest of it to `out`.
    Result<void> finish(Sink& out);

    /// Bytes of the open segment as far as they are certain, those that are still being sealed
    /// included: the same on any number of threads.
    [[nodiscard]] std::uint64_t stored() const {
        return chunks_ ? beginning_ + codec::age_sealed_size(plaintext_) : 0;
    }

    /// Of whole chunks, with their tags.
    static constexpr std::size_t batch_size = 16 * codec::age_sealed_chunk_size;
    /// Those under way on and for `threads`, the caller's own, and the one that is being filled.
    static constexpr std::size_t most_batches(unsigned threads) {
        return std::size_t{3} * threads + 2;
    }

  private:
    Result<void> begin(Sink& out);
    /// Writes what is sealed to `out`, in order, and waits until no more than `most` batches are
    /// under way.
    Result<void> collect(std::size_t most, Sink& out);
    void seal(bool last);

    const Encryption& encryption_;
    Random& random_;
    std::size_t most_under_way_;
    flow::BufferPool blocks_{batch_size};
    std::shared_ptr<const codec::AgeChunks> chunks_;  // of the open segment
    std::uint64_t next_chunk_ = 0;
    std::uint64_t beginning_ = 0;  // bytes before the first chunk
    std::uint64_t plaintext_ = 0;  // bytes taken
    // plaintext of chunks, each with room for its tag behind it; kept until a byte behind it shows
    // that it is not the last
    flow::Block batch_;
    flow::Workers workers_;  // behind what its tasks refer to
    flow::Window<Result<flow::Block>> under_way_{workers_};
};

}  // namespace zg::archive
