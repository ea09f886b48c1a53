// Lower-case hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace zg::codec {

/// Two lower-case digits for each byte.
std::string hex(Bytes bytes);
/// The bytes encoded by `text`; nothing if it has an odd length or a character other than 0-9, a-f,
/// A-F.
std::optional<Buffer> unhex(std::string_view text);

}  // namespace zg::codec
