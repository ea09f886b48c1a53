// The scheme of stores in a bucket.
#pragma once

#include "store/schemes.hpp"

namespace zg::store {

Scheme s3_scheme();

}  // namespace zg::store
