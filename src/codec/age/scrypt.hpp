// Passphrases of age. Source: C2SP age.md, "The scrypt recipient type". From any thread.
#pragma once

#include <optional>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "codec/age/file_key.hpp"

namespace zg::codec {

/// The binary logarithm of the work that one guess of a passphrase takes; also of the KiB of
/// memory. 18 is a second or so, and 256 MiB.
inline constexpr unsigned age_work_factor = 18;
/// Above it a file is not tried, since it could ask for any time and memory. 22 is 4 GiB.
inline constexpr unsigned age_work_factor_limit = 22;

/// Bytes that one guess takes (RFC 7914, section 2, with age's block size of 8).
constexpr std::uint64_t age_scrypt_memory(unsigned work_factor) {
    return std::uint64_t{1024} << work_factor;
}

/// True where the stanza belongs to a passphrase; it must then be the header's only one.
bool is_age_scrypt(const AgeStanza& stanza);

/// A stanza with the file key for who knows `passphrase`, with a salt drawn from `random`. usage
/// where the passphrase is empty or the work factor is not 1 to 30.
Result<AgeStanza> wrap_with_passphrase(const Secret& passphrase, unsigned work_factor,
                                       const AgeFileKey& file_key, Random& random);

/// The file key, or nothing where the passphrase is another one. damage where the stanza breaks its
/// rules; unsupported where its work factor is above `limit` (at most 30).
Result<std::optional<AgeFileKey>> unwrap_with_passphrase(const Secret& passphrase, unsigned limit,
                                                         const AgeStanza& stanza);

}  // namespace zg::codec
