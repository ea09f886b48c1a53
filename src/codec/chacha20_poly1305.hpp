// ChaCha20-Poly1305 (RFC 8439), without additional data, by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// Seals and opens with one key. A nonce must never be used for two plaintexts. Any number of
/// threads may make const calls at once.
class ChaCha20Poly1305 {
  public:
    using Key = SecretBytes<32>;
    using Nonce = std::array<std::byte, 12>;
    /// How many bytes a sealed text is longer.
    static constexpr std::size_t tag_size = 16;

    /// unsupported if OpenSSL is configured without the algorithm.
    static Result<ChaCha20Poly1305> make(const Key& key);
    ~ChaCha20Poly1305();
    ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept;
    ChaCha20Poly1305& operator=(ChaCha20Poly1305&&) noexcept;

    /// Writes `plaintext`, sealed, to `out`, which is `tag_size` longer, and either begins at the
    /// same address or does not overlap it. At most 1 GiB.
    [[nodiscard]] Result<void> seal(const Nonce& nonce, Bytes plaintext, MutableBytes out) const;
    /// Writes the plaintext to `out`, `tag_size` shorter than `sealed`. False, with `out` all zero,
    /// if key, nonce and bytes do not match.
    [[nodiscard]] Result<bool> open(const Nonce& nonce, Bytes sealed, MutableBytes out) const;

  private:
    struct State;
    explicit ChaCha20Poly1305(std::unique_ptr<const State> state);
    std::unique_ptr<const State> state_;
};

}  // namespace zg::codec
