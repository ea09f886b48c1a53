// Files of identities: as age-keygen writes them, and such files encrypted with a passphrase (`age
// -p`), ASCII-armored or not. Only their bytes; from any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "codec/age/file.hpp"

namespace zg::codec {

/// True where the file is itself an age file, so that its passphrase must be asked for.
bool is_age_identity_file_encrypted(Bytes file);

/// The identities in the file, at least one. `passphrase` is for an encrypted file, and ignored for
/// others. usage where a line is neither an identity nor a comment nor empty, or none is an
/// identity; unsupported where an identity is of a type that is not known here. Messages give the
/// line's number, never what stands there. An encrypted file can also give the errors of AgeDecoder
/// and from_age_armor(), refused where the passphrase is missing or another one.
Result<std::vector<AgeIdentity>> read_age_identities(
    Bytes file, const std::optional<Secret>& passphrase = {},
    unsigned work_factor_limit = age_work_factor_limit);

/// The text of a file with this identity, as age-keygen writes it. `created`: the time, as RFC 3339
/// has it.
Secret age_identity_file(const AgeIdentity& identity, std::string_view created);

/// Such a text encrypted with a passphrase, ASCII-armored. usage where the passphrase is empty or
/// the work factor is not 1 to 30.
Result<std::string> encrypt_age_identity_file(const Secret& text, const Secret& passphrase,
                                              Random& random,
                                              unsigned work_factor = age_work_factor);

}  // namespace zg::codec
