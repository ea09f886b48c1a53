// Keys from secrets, by OpenSSL: HKDF (RFC 5869) and HMAC (RFC 2104) with SHA-256, and scrypt (RFC
// 7914). From any thread.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

/// HKDF-SHA-256, extract and expand, to 32 bytes. `salt` may be empty.
Result<SecretBytes<32>> hkdf_sha256(Bytes secret, Bytes salt, std::string_view info);

/// HMAC-SHA-256 of `text`.
Result<Sha256Digest> hmac_sha256(const SecretBytes<32>& key, Bytes text);

/// scrypt with N = 2^`work_factor`, r = 8, p = 1, to 32 bytes. Takes 2^`work_factor` KiB of memory;
/// unavailable if there is not enough. `work_factor`: 1 to 30.
Result<SecretBytes<32>> scrypt(const Secret& passphrase, Bytes salt, unsigned work_factor);

/// Whether both are equal; takes the same time wherever they differ.
bool equal_in_constant_time(Bytes one, Bytes other);

}  // namespace zg::codec
