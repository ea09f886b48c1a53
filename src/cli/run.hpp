// The whole command line.
#pragma once

#include "base/world.hpp"

namespace zg::cli {

/// Parses the arguments, runs the verb, prints its result or its error, and gives the exit code.
int run(int argc, const char* const* argv, World& world);

}  // namespace zg::cli
