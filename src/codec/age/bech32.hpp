// Bech32 (BIP 173), of any length, as age writes its keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

/// What a Bech32 text stands for. It may be a secret key, so the bytes are wiped.
struct Bech32 {
    std::string prefix;  ///< what stands before the last `1`, in the case in which it was written
    SecretBuffer bytes;
};

/// `bytes` behind `prefix`, in the case of `prefix`: lower, or upper, not both; 1 to 83 characters
/// of '!' to '~'.
Secret bech32(std::string_view prefix, Bytes bytes);
/// Nothing where `text` is not what bech32() gives: wrong checksum, letters of both cases, other
/// characters, bits left over.
std::optional<Bech32> from_bech32(std::string_view text);

}  // namespace zg::codec
