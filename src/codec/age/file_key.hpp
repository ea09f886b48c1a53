// The file key of an age file, and values derived from it. Source: C2SP age.md, "File key", "Header
// MAC", "Payload". From any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/header.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

/// Generated for each file.
using AgeFileKey = SecretBytes<16>;

/// Size of the body of a stanza that wraps a file key, bytes.
inline constexpr std::size_t age_wrapped_size = 32;

/// The file key sealed with `wrap_key`, which may be used only once.
Result<Buffer> wrap_age_file_key(const SecretBytes<32>& wrap_key, const AgeFileKey& file_key);
/// Unseals it. Nothing if `body` was not sealed with `wrap_key`; `body` has age_wrapped_size bytes.
Result<std::optional<AgeFileKey>> unwrap_age_file_key(const SecretBytes<32>& wrap_key, Bytes body);

/// The whole text of a header with these stanzas and their MAC.
Result<std::string> write_age_header(const std::vector<AgeStanza>& stanzas,
                                     const AgeFileKey& file_key);
/// damage if `mac` is not the MAC of the text of `header`.
Result<void> check_age_header(std::string_view header, const Sha256Digest& mac,
                              const AgeFileKey& file_key);

/// The key of the payload after `nonce`, 16 bytes.
Result<SecretBytes<32>> age_payload_key(const AgeFileKey& file_key, Bytes nonce);

}  // namespace zg::codec
