// The scheme of stores in a folder.
#pragma once

#include "store/schemes.hpp"

namespace zg::store {

Scheme dir_scheme();

}  // namespace zg::store
