// X25519 (RFC 7748), by OpenSSL. From any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/result.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

using X25519Secret = SecretBytes<32>;
using X25519Point = std::array<std::byte, 32>;

/// The public point of `secret`, any 32 bytes.
Result<X25519Point> x25519_public(const X25519Secret& secret);

/// The shared secret of the owners of both keys. Nothing if it is all zero: `point` is then one of
/// the few points of low order, which an honest side does not send.
Result<std::optional<SecretBytes<32>>> x25519_shared(const X25519Secret& secret,
                                                     const X25519Point& point);

}  // namespace zg::codec
