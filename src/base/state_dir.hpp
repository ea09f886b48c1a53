// Where catalogs, locks and a vault's index lie.
#pragma once

#include <string>

#include "base/result.hpp"

namespace zg {

/// `wanted`; if it is empty /var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier or
/// ~/.local/state/zglacier. Created if it is missing.
Result<std::string> prepare_state_dir(const std::string& wanted);

}  // namespace zg
