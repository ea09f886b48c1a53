// Passphrases of age. Source: C2SP age.md, "The scrypt recipient type". From any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"

namespace zg::codec {

/// The binary logarithm of the work for one guess of a passphrase, and of its memory in KiB. 18 is
/// about a second and 256 MiB.
inline constexpr unsigned age_work_factor = 18;
/// A file with a larger one is not tried, since it could take any time and memory. 22 is 4 GiB.
inline constexpr unsigned age_work_factor_limit = 22;

/// Memory for one guess, bytes (RFC 7914, section 2, with age's block size of 8).
constexpr std::uint64_t age_scrypt_memory(unsigned work_factor) {
    return std::uint64_t{1024} << work_factor;
}

/// Whether the stanza is for a passphrase; it must then be the only one in the header.
bool is_age_scrypt(const AgeStanza& stanza);

/// A stanza with the file key for `passphrase`, with a salt from `random`. usage if the passphrase
/// is empty or the work factor is not 1 to 30.
Result<AgeStanza> wrap_with_passphrase(const Secret& passphrase, unsigned work_factor,
                                       const AgeFileKey& file_key, Random& random);

/// The file key, or nothing if the passphrase is wrong. damage if the stanza is invalid;
/// unsupported if its work factor is above `limit` (at most 30).
Result<std::optional<AgeFileKey>> unwrap_with_passphrase(const Secret& passphrase, unsigned limit,
                                                         const AgeStanza& stanza);

}  // namespace zg::codec
