// What --help and --help-all print.
#pragma once

#include <string>

#include "cli/command_info.hpp"

namespace zg::cli {

/// How much is shown: --help leaves out rarely needed options.
enum class HelpDetail { common, all };

/// Usage, arguments and options of a command, or the commands of a group: lines of at most 80
/// columns.
std::string help_text(const CommandInfo& command, HelpDetail detail);

/// The commands of the program or of a group; printed if no command was given.
std::string overview(const CommandInfo& group);

}  // namespace zg::cli
