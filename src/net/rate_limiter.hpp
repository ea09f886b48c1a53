// Holds a rate of bytes a second over everything that asks it.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace zg::net {

/// Called from any thread; those that share one share its rate. The clock outlives it.
class RateLimiter {
  public:
    /// `bytes_per_second` is 1 or more.
    RateLimiter(Clock& clock, std::uint64_t bytes_per_second);
    /// Returns when `bytes` may pass; sleeps on the clock until then. Over any second or longer no
    /// more than the rate (and a tenth of a second's worth of bytes) passes.
    void take(std::uint64_t bytes);

  private:
    Clock& clock_;
    std::uint64_t rate_;
    std::mutex mutex_;
    std::chrono::nanoseconds free_at_{};  // when all that was taken so far has passed
};

}  // namespace zg::net
