// Bech32 (BIP 173), of any length, as age writes its keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// A decoded Bech32 text. It may be a secret key, so the bytes are wiped.
struct Bech32 {
    std::string prefix;  ///< the text before the last `1`, in its original case
    SecretBuffer bytes;
};

/// Encodes `bytes` with `prefix`, in the case of `prefix`: lower or upper, not mixed; 1 to 83
/// characters of '!' to '~'.
Secret bech32(std::string_view prefix, Bytes bytes);
/// Nothing if `text` is not a result of bech32(): wrong checksum, letters of both cases, other
/// characters, bits left over.
std::optional<Bech32> from_bech32(std::string_view text);

}  // namespace zg::codec
