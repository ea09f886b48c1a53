// The file key of an age file, and what is made of it. Source: C2SP age.md, "File key", "Header
// MAC", "Payload". From any thread.
#pragma once

#include <optional>

#include "codec/age/header.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// Drawn anew for each file.
using AgeFileKey = SecretBytes<16>;

/// How many bytes the body of a stanza has that wraps a file key.
inline constexpr std::size_t age_wrapped_size = 32;

/// The file key sealed under `wrap_key`, which serves only once.
Result<Buffer> wrap_age_file_key(const SecretBytes<32>& wrap_key, const AgeFileKey& file_key);
/// Undoes it. Nothing where `body` was not sealed under `wrap_key`; `body` has age_wrapped_size
/// bytes.
Result<std::optional<AgeFileKey>> unwrap_age_file_key(const SecretBytes<32>& wrap_key, Bytes body);

/// The whole text of a header with these stanzas and the MAC that belongs to them.
Result<std::string> write_age_header(const std::vector<AgeStanza>& stanzas,
                                     const AgeFileKey& file_key);
/// damage where `mac` is not the one that belongs to the text of `header`.
Result<void> check_age_header(std::string_view header, const Sha256Digest& mac,
                              const AgeFileKey& file_key);

/// The key of the payload behind `nonce`, 16 bytes.
Result<SecretBytes<32>> age_payload_key(const AgeFileKey& file_key, Bytes nonce);

}  // namespace zg::codec
