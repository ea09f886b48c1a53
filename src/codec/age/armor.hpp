// ASCII armor of age files: PEM with the label "AGE ENCRYPTED FILE" (RFC 7468, strict). Source:
// C2SP age.md, "ASCII armor". For files that fit into memory.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::codec {

/// Whether `text`, after white space, begins like an armored file.
bool is_age_armor(std::string_view text);

/// `bytes` as base64 in lines of 64 columns between the lines BEGIN and END.
std::string age_armor(Bytes bytes);
/// Decodes it. Lines may end with CR LF, and white space may come before and after; anything else
/// that age_armor() would not write is damage.
Result<Buffer> from_age_armor(std::string_view text);

}  // namespace zg::codec
