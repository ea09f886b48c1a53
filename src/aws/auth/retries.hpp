// The retries of one call to a service.
#pragma once

#include <chrono>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"

namespace zg::aws {

/// Counts the tries of one call. One thread; references outlive it.
class Retries {
  public:
    Retries(const RetryPolicy& policy, Clock& clock, Random& random, Log& log)
        : policy_(policy), clock_(clock), random_(random), log_(log), begun_(clock.monotonic()) {}

    /// To be called after each try that failed with `error`. True, after a warning in the log and a
    /// pause, if the call is to be tried again. False if it is not: another kind than unavailable,
    /// or the time is over; `error` then says how many tries there were, and has a hint.
    bool again(Error& error);

  private:
    std::chrono::milliseconds next_pause();

    RetryPolicy policy_;
    Clock& clock_;
    Random& random_;
    Log& log_;
    std::chrono::nanoseconds begun_;
    unsigned tries_ = 0;
};

}  // namespace zg::aws
