// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace zg::codec {

/// A SHA-256 value.
struct Sha256Digest {
    std::array<std::byte, 32> bytes{};
    bool operator==(const Sha256Digest&) const = default;
    [[nodiscard]] std::string hex() const;
    /// Parses 64 hexadecimal digits; nothing if `text` is anything else.
    static std::optional<Sha256Digest> from_hex(std::string_view text);
};

/// Computes one digest over bytes given in any pieces. One thread at a time.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(Bytes bytes);
    /// The digest of all bytes so far; then restarts.
    Sha256Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Sha256Digest sha256(Bytes bytes);

/// The SHA-256 over the concatenated SHA-256 digests of the parts: S3's composite checksum of a
/// multipart upload.
Sha256Digest composite_sha256(std::span<const Sha256Digest> parts);

}  // namespace zg::codec
