// The whole command line.
#pragma once

#include "base/world.hpp"
#include "cli/output/console.hpp"

namespace zg::cli {

/// Parses the arguments, runs the verb, prints its result or its error, and returns the exit code.
int run(int argc, const char* const* argv, World& world, Console& console);

}  // namespace zg::cli
