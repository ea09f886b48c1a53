// Identity files as age-keygen writes them, and such files encrypted with a passphrase (`age -p`),
// ASCII-armored or not. Works on bytes; from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/scrypt.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {

/// Whether the file is itself an age file, which needs its passphrase.
bool is_age_identity_file_encrypted(Bytes file);

/// The identities in the file, at least one. `passphrase` is for an encrypted file, and ignored for
/// others. usage if a line is neither an identity nor a comment nor empty, or there is no identity;
/// unsupported if an identity is of an unknown type. Messages contain the line number, never the
/// line. Errors for an encrypted file are also those of AgeDecoder and from_age_armor(), and
/// refused if the passphrase is missing or wrong.
Result<std::vector<AgeIdentity>> read_age_identities(
    Bytes file, const std::optional<Secret>& passphrase = {},
    unsigned work_factor_limit = age_work_factor_limit);

/// The text of a file with this identity, as age-keygen writes it. `created`: the time, as in RFC
/// 3339.
Secret age_identity_file(const AgeIdentity& identity, std::string_view created);

/// Such a text, encrypted with a passphrase and ASCII-armored. usage if the passphrase is empty or
/// the work factor is not 1 to 30.
Result<std::string> encrypt_age_identity_file(const Secret& text, const Secret& passphrase,
                                              Random& random,
                                              unsigned work_factor = age_work_factor);

}  // namespace zg::codec
