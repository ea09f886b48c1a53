// A store that tries again what failed for a passing reason.
#pragma once

#include <memory>

#include "store/store.hpp"
#include "store/wrap/retrier.hpp"

namespace zg::store {

/// The store `inner`, with every call that fails with kind unavailable tried again within the
/// policy's budget; each retry is told in the log. A call that may have taken effect though its
/// answer was lost is recognised: put_new() finds its own bytes there. References outlive the
/// store.
std::unique_ptr<Store> retry(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock,
                             Random& random, Log& log);

}  // namespace zg::store
