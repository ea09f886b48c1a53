// Manual pages, from the same definitions as --help.
#pragma once

#include <string>

#include "cli/command_info.hpp"

namespace zg::cli {

/// The page of a command, or of the program, in roff.
std::string manual_page(const CommandInfo& command);

/// The commands that have a page, as it is named after "zglacier-", one a line.
std::string verb_list(const CommandInfo& program);

}  // namespace zg::cli
