// A client of the notification service that tries again what failed for a passing reason.
#pragma once

#include <memory>

#include "aws/sns/sns.hpp"
#include "store/wrap/retrier.hpp"

namespace zg::store {

/// Every call of `inner` that fails with kind unavailable is tried again within the policy's
/// budget. Each may be made twice: a topic and a subscription that are there are given again.
/// References outlive it.
std::unique_ptr<aws::Sns> retry(std::unique_ptr<aws::Sns> inner, RetryPolicy policy, Clock& clock,
                                Random& random, Log& log);

}  // namespace zg::store
