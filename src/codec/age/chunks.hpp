// The payload of an age file: chunks of 64 KiB, each sealed separately. Source: C2SP age.md,
// "Payload".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// Plaintext of every chunk but the last, which has from 1 to this many bytes, or none if the whole
/// payload is empty.
inline constexpr std::size_t age_chunk_size = std::size_t{64} << 10U;
/// The same, sealed.
inline constexpr std::size_t age_sealed_chunk_size = age_chunk_size + ChaCha20Poly1305::tag_size;
/// The nonce between the header and the first chunk.
inline constexpr std::size_t age_nonce_size = 16;

/// The size of `plaintext` bytes as sealed chunks, without the nonce before them.
std::uint64_t age_sealed_size(std::uint64_t plaintext);

/// Seals and opens the chunks of one file, in any order and from any number of threads at once. A
/// chunk is bound to its place and to being the last or not: a reader that opens every place up to
/// the last has exactly the data that was sealed.
class AgeChunks {
  public:
    /// unsupported if OpenSSL is configured without the algorithm.
    static Result<AgeChunks> make(const SecretBytes<32>& payload_key);

    /// Seals the chunk with number `index`, from 0, into `out`, which is ChaCha20Poly1305::tag_size
    /// longer and does not overlap it. Only one plaintext may ever be sealed for an index. internal
    /// if the plaintext's size is not valid for a chunk in this place.
    [[nodiscard]] Result<void> seal(std::uint64_t index, bool last, Bytes plaintext,
                                    MutableBytes out) const;

    /// Opens a sealed chunk into `out`, which is as much shorter. damage, and `out` is all zero, if
    /// `sealed` was not sealed for this place; the cause says whether it was changed, belongs to
    /// another place nearby, is the last chunk in the middle, or is a middle chunk at the end.
    [[nodiscard]] Result<void> open(std::uint64_t index, bool last, Bytes sealed,
                                    MutableBytes out) const;

  private:
    explicit AgeChunks(ChaCha20Poly1305 cipher) : cipher_(std::move(cipher)) {}
    [[nodiscard]] Result<std::string> why_not(std::uint64_t index, bool last, Bytes sealed,
                                              MutableBytes scratch) const;
    ChaCha20Poly1305 cipher_;
};

}  // namespace zg::codec
