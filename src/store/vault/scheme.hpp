// The scheme of stores in a Glacier vault.
#pragma once

#include "store/schemes.hpp"

namespace zg::store {

Scheme vault_scheme();

}  // namespace zg::store
