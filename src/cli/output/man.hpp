// Manual pages, from the same definitions as --help.
#pragma once

#include <string>

#include "cli/command_info.hpp"

namespace zg::cli {

/// The page of a command, or of the program, in roff.
std::string manual_page(const CommandInfo& command);

/// The names of all commands with a page, without "zglacier-", one per line.
std::string verb_list(const CommandInfo& program);

}  // namespace zg::cli
