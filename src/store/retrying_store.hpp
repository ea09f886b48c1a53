// A store that tries again what failed for a passing reason.
#pragma once

#include <chrono>
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "store/store.hpp"

namespace zg::store {

/// Full jitter: before try n (from 2) it waits a random time between 0 and min(longest, first * 2^(n-2)).
struct RetryPolicy {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds longest{60'000};
    std::chrono::seconds budget{1'800};  ///< of one call: no try begins later than this after the first
};

/// The store `inner`, with every call that fails with kind unavailable tried again within the policy's budget; each retry is told in the log.
/// A call that may have taken effect though its answer was lost is recognised: put_new() finds its own bytes there. References outlive the store.
std::unique_ptr<Store> retry(std::unique_ptr<Store> inner, RetryPolicy policy, Clock& clock, Random& random, Log& log);

}  // namespace zg::store
