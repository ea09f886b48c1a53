// The payload of an age file: chunks of 64 KiB, each sealed by itself. Source: C2SP age.md,
// "Payload".
#pragma once

#include <cstdint>

#include "codec/chacha20_poly1305.hpp"

namespace zg::codec {

/// Plaintext of every chunk but the last, which has 1 to as many bytes; none only where the whole
/// payload is empty.
inline constexpr std::size_t age_chunk_size = std::size_t{64} << 10U;
/// The same, sealed.
inline constexpr std::size_t age_sealed_chunk_size = age_chunk_size + ChaCha20Poly1305::tag_size;
/// What stands between the header and the first chunk.
inline constexpr std::size_t age_nonce_size = 16;

/// How many bytes `plaintext` bytes are as sealed chunks, without the nonce before them.
std::uint64_t age_sealed_size(std::uint64_t plaintext);

/// Seals and opens the chunks of one file, in any order and from any number of threads at once. A
/// chunk knows its place and whether it is the last: whoever opens every place up to the last has
/// all that was sealed, and nothing else.
class AgeChunks {
  public:
    /// unsupported where OpenSSL is set up without the algorithm.
    static Result<AgeChunks> make(const SecretBytes<32>& payload_key);

    /// Seals the chunk with number `index`, from 0 on, into `out`, which is
    /// ChaCha20Poly1305::tag_size longer and does not overlap it. Only one plaintext may ever be
    /// sealed for an index. internal where the plaintext has a size that a chunk in this place
    /// cannot have.
    [[nodiscard]] Result<void> seal(std::uint64_t index, bool last, Bytes plaintext,
                                    MutableBytes out) const;

    /// Undoes it, into `out`, which is as much shorter. damage, and `out` all zero, where `sealed`
    /// is not what was sealed for this place; the cause says whether it was changed, belongs to
    /// another place nearby, is the last chunk in the middle or is one of the middle at the end.
    [[nodiscard]] Result<void> open(std::uint64_t index, bool last, Bytes sealed,
                                    MutableBytes out) const;

  private:
    explicit AgeChunks(ChaCha20Poly1305 cipher) : cipher_(std::move(cipher)) {}
    [[nodiscard]] Result<std::string> why_not(std::uint64_t index, bool last, Bytes sealed,
                                              MutableBytes scratch) const;
    ChaCha20Poly1305 cipher_;
};

}  // namespace zg::codec
