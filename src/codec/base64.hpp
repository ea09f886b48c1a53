// Base64 (RFC 4648, section 4), by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace zg::codec {

std::string base64(Bytes bytes);
/// Nothing where `text` is not exactly what base64() gives for some bytes.
std::optional<Buffer> from_base64(std::string_view text);

/// Without the padding of `=` at the end.
std::string base64_unpadded(Bytes bytes);
/// Nothing where `text` is not exactly what base64_unpadded() gives for some bytes.
std::optional<Buffer> from_base64_unpadded(std::string_view text);

}  // namespace zg::codec
