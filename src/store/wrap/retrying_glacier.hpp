// A client of the vault service that tries again what failed for a passing reason.
#pragma once

#include <memory>

#include "aws/glacier/glacier.hpp"
#include "store/wrap/retrier.hpp"

namespace zg::store {

/// Every call of `inner` that fails with kind unavailable is tried again within the policy's
/// budget. A call that may have taken effect though its answer was lost is not made twice: a job is
/// looked for before it is asked for again. References outlive it.
std::unique_ptr<aws::Glacier> retry(std::unique_ptr<aws::Glacier> inner, RetryPolicy policy,
                                    Clock& clock, Random& random, Log& log);

}  // namespace zg::store
