// Credentials that a program of the user's prints. Source: AWS SDKs and Tools Reference Guide,
// "Process credential provider".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/auth/credentials_source.hpp"

namespace zg::aws {

/// The words of a command as a POSIX shell splits them: quotes and backslashes, and nothing else
/// that a shell does. Nothing where a quote is not closed.
std::optional<std::vector<std::string>> split_command(std::string_view command);

/// Runs `command`, the setting of the profile `name` is of, with every fetch().
std::unique_ptr<CredentialSource> process_source(std::string command, std::string name);

}  // namespace zg::aws
