// Credentials printed by a program that the user configured. Source: AWS SDKs and Tools Reference
// Guide, "Process credential provider".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/auth/credentials_source.hpp"

namespace zg::aws {

/// Splits a command into words as a POSIX shell does: handles only quotes and backslashes. Nothing
/// if a quote is not closed.
std::optional<std::vector<std::string>> split_command(std::string_view command);

/// Runs `command` with every fetch(). `name` is for messages. `environment` outlives it.
std::unique_ptr<CredentialSource> process_source(const Environment& environment,
                                                 std::string command, std::string name);

}  // namespace zg::aws
