// Questions on a terminal.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::cli {

/// Asks "<question> [y/N]" and reads the answer. usage if there is no terminal: `act` says what
/// needs an answer ("thawing costs money"), `hint` how to do without it.
Result<bool> ask(const std::string& question, const std::string& act, const std::string& hint);

/// Asks for the passphrase of `what` on the terminal, which does not show it. usage if there is no
/// terminal; `hint` says how to do without it.
Result<Secret> ask_passphrase(const std::string& what, const std::string& hint);

}  // namespace zg::cli
