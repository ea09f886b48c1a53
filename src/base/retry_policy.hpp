// How often and how long a call is retried after transient failures.
#pragma once

#include <chrono>

namespace zg {

/// Full jitter: before try n (from 2), pauses for a random time between 0 and min(longest, first *
/// 2^(n-2)).
struct RetryPolicy {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds longest{60'000};
    /// for one call: every try begins within this time after the first one; 0: no retries
    std::chrono::seconds budget{1'800};
};

}  // namespace zg
