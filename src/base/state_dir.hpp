// Finds the state folder, which holds catalogs, locks and indexes of vaults.
#pragma once

#include <string>

#include "base/environment.hpp"
#include "base/result.hpp"

namespace zg {

/// /var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier or $HOME/.local/state/zglacier; empty
/// if neither variable is set.
std::string default_state_dir(const Environment& environment, bool is_root);

/// `wanted`, or default_state_dir() for this user if it is empty. Created if it is missing. usage
/// if there is no folder.
Result<std::string> prepare_state_dir(const Environment& environment, const std::string& wanted);

}  // namespace zg
