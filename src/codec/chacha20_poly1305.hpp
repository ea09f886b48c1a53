// ChaCha20-Poly1305 (RFC 8439), without additional data, by OpenSSL.
#pragma once

#include <array>
#include <memory>

#include "base/result.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// Seals and opens under one key. A nonce must never be used for two plaintexts. Const calls may be
/// made from any number of threads at once.
class ChaCha20Poly1305 {
  public:
    using Key = SecretBytes<32>;
    using Nonce = std::array<std::byte, 12>;
    /// What a sealed text is longer.
    static constexpr std::size_t tag_size = 16;

    /// unsupported where OpenSSL is set up without the algorithm.
    static Result<ChaCha20Poly1305> make(const Key& key);
    ~ChaCha20Poly1305();
    ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept;
    ChaCha20Poly1305& operator=(ChaCha20Poly1305&&) noexcept;

    /// Writes `plaintext`, sealed, to `out`, which is `tag_size` longer, and begins where it does
    /// or does not overlap it. At most 1 GiB.
    [[nodiscard]] Result<void> seal(const Nonce& nonce, Bytes plaintext, MutableBytes out) const;
    /// Writes to `out`, `tag_size` shorter than `sealed`, what was sealed. False where key, nonce
    /// and bytes do not belong together: `out` is then all zero.
    [[nodiscard]] Result<bool> open(const Nonce& nonce, Bytes sealed, MutableBytes out) const;

  private:
    struct State;
    explicit ChaCha20Poly1305(std::unique_ptr<const State> state);
    std::unique_ptr<const State> state_;
};

}  // namespace zg::codec
