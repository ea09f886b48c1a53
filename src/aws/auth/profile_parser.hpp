// The syntax of the AWS tools' configuration files: an INI dialect in which an indented line
// belongs to the setting above it. Source: AWS SDKs and Tools Reference Guide, "Shared config and
// credentials files"; botocore's configloader.py.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zg::aws {

/// Settings by name, in lower case. One in an indented block has the block's name before it:
/// "s3.addressing_style".
using Settings = std::map<std::string, std::string, std::less<>>;

/// Sections by what stands between their brackets: "profile backup". A section that is there twice
/// is one, and what is set last counts.
using Sections = std::map<std::string, Settings, std::less<>>;

/// usage where a line is none of a section, a setting, its continuation or a comment. The error
/// names `path` and the line's number, never what stands there: it may be a key.
Result<Sections> parse_profile_text(std::string_view text, const std::string& path);

}  // namespace zg::aws
