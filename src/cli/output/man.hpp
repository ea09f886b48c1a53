// Manual pages, from the same definitions as --help.
#pragma once

#include <map>

#include "cli/verb.hpp"

namespace CLI {
class App;
}

namespace zg::cli {

/// Prints the roff page of `verb` ("backup", "stream-inspect"), or of the program where it is
/// empty. Gives the exit code: 2 for an unknown verb.
int print_man_page(const CLI::App& app, const std::map<const CLI::App*, Verb*>& verbs,
                   const std::string& verb);

}  // namespace zg::cli
