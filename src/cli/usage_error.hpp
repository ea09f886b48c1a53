// Error messages for a wrong command line. All are of kind usage and have a hint.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command_info.hpp"

namespace zg::cli {

/// The program, a group or a command that the arguments name, and its share of the arguments.
struct ReachedCommand {
    const CommandInfo* command = nullptr;
    std::vector<std::string> unexpected;  ///< arguments and options that it does not have, in order
    std::vector<std::size_t> counts;      ///< how many values each of its options was given
    /// which of its options are required and were neither given nor have a variable
    std::vector<bool> missing;
};

/// `words` stand in place of a command of `group`, but name none. Suggests a similar one.
Error unknown_command(const CommandInfo& group, const std::vector<std::string>& words);

/// The first argument that no command on the path accepts, if there is any.
std::optional<Error> unexpected_argument(const std::vector<ReachedCommand>& path);

/// The required arguments and options that are missing, if there are any.
std::optional<Error> missing_arguments(const ReachedCommand& reached);

/// The option `name` ("--tier") was given without a value, or too often.
Error wrong_count(const ReachedCommand& reached, const std::string& name);

/// Any other error in the arguments of `command`.
Error wrong_usage(const CommandInfo& command, const std::string& what);

}  // namespace zg::cli
