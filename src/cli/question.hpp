// Questions on a terminal.
#pragma once

#include <string>

#include "base/result.hpp"

namespace zg::cli {

/// Asks "<question> [y/N]" and reads the answer. usage where there is no terminal: `act` says what needs an answer ("thawing costs money"), `hint` how to do without.
Result<bool> ask(const std::string& question, const std::string& act, const std::string& hint);

}  // namespace zg::cli
