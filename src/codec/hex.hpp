// Lower-case hexadecimal.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace zg::codec {

/// Two lower-case digits for each byte.
std::string hex(Bytes bytes);
/// The bytes that `text` stands for; nothing where it has an odd length or another character than
/// 0-9, a-f, A-F.
std::optional<Buffer> unhex(std::string_view text);

}  // namespace zg::codec
