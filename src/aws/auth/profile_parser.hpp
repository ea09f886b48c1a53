// The syntax of the AWS tools' configuration files: an INI dialect in which an indented line
// belongs to the setting above it. Source: AWS SDKs and Tools Reference Guide, "Shared config and
// credentials files"; botocore's configloader.py.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zg::aws {

/// Settings by name, in lower case. The name of a setting in an indented block begins with the
/// block's name: "s3.addressing_style".
using Settings = std::map<std::string, std::string, std::less<>>;

/// Sections by the text in their brackets: "profile backup". Two sections of the same name are
/// merged; the last value of a setting counts.
using Sections = std::map<std::string, Settings, std::less<>>;

/// usage if a line is not a section, a setting, its continuation or a comment. The error names
/// `path` and the line number but never shows the line, which may hold a key.
Result<Sections> parse_profile_text(std::string_view text, const std::string& path);

}  // namespace zg::aws
