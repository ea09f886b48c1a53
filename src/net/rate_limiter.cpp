#include "net/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace zg::net {

namespace {

/// The time's worth of bytes that may pass at once after a pause.
constexpr std::chrono::milliseconds burst{100};

}  // namespace

RateLimiter::RateLimiter(Clock& clock, std::uint64_t bytes_per_second)
    : clock_(clock), rate_(std::max<std::uint64_t>(bytes_per_second, 1)) {}

void RateLimiter::take(std::uint64_t bytes) {
    std::chrono::nanoseconds wait{};
    {
        const std::lock_guard lock(mutex_);
        const std::chrono::nanoseconds now = clock_.monotonic();
        const double seconds = static_cast<double>(bytes) / static_cast<double>(rate_);
        free_at_ = std::max(free_at_, now - burst) +
                   std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
        wait = free_at_ - now;
    }
    if (wait > std::chrono::nanoseconds::zero())
        clock_.sleep(std::chrono::ceil<std::chrono::milliseconds>(wait));
}

}  // namespace zg::net
