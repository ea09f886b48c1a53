// Limits the bytes per second of everything that uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace zg::net {

/// May be called from any thread; its users share its rate. The clock outlives it.
class RateLimiter {
  public:
    /// `bytes_per_second` is 1 or more.
    RateLimiter(Clock& clock, std::uint64_t bytes_per_second);
    /// Sleeps on the clock until `bytes` may pass. Over any second or longer, no more than the rate
    /// (plus a tenth of a second's worth of bytes) passes.
    void take(std::uint64_t bytes);

  private:
    Clock& clock_;
    std::uint64_t rate_;
    std::mutex mutex_;
    std::chrono::nanoseconds free_at_{};  // when everything taken so far has passed
};

}  // namespace zg::net
