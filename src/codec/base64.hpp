// Base64 (RFC 4648, section 4), by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace zg::codec {

std::string base64(Bytes bytes);
/// Nothing if `text` is not exactly a result of base64().
std::optional<Buffer> from_base64(std::string_view text);

/// Without the padding of `=` at the end.
std::string base64_unpadded(Bytes bytes);
/// Nothing if `text` is not exactly a result of base64_unpadded().
std::optional<Buffer> from_base64_unpadded(std::string_view text);

}  // namespace zg::codec
