// What is wrong with a command line, in words. All errors are of kind usage and have a hint.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command_info.hpp"

namespace zg::cli {

/// The program, a group or the command that the arguments name, and what they hold for it.
struct ReachedCommand {
    const CommandInfo* command = nullptr;
    std::vector<std::string> unexpected;  ///< arguments and options that it does not have, in order
    std::vector<std::size_t> counts;      ///< how many values each of its options was given
};

/// `words` come where a command of `group` should, and the first names none. Suggests the one that
/// may have been meant.
Error unknown_command(const CommandInfo& group, const std::vector<std::string>& words);

/// The first argument that no command on the way to the last one takes, if there is any.
std::optional<Error> unexpected_argument(const std::vector<ReachedCommand>& path);

/// The arguments and options that the command requires and was not given, if there are any.
std::optional<Error> missing_arguments(const ReachedCommand& reached);

/// The option `name` ("--tier") was given without a value, or more often than it may be.
Error wrong_count(const ReachedCommand& reached, const std::string& name);

/// Anything else that is wrong with the arguments of `command`.
Error wrong_usage(const CommandInfo& command, const std::string& what);

}  // namespace zg::cli
