#include "net/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "base/testing/manual_clock.hpp"

namespace zg::net {
namespace {

using std::chrono::milliseconds;

TEST(RateLimiterTest, KeepsToTheRate) {
    ManualClock clock;
    RateLimiter limiter(clock, 1000);
    for (int i = 0; i < 100; ++i) limiter.take(100);
    EXPECT_GE(clock.monotonic(), milliseconds(9'900));
    EXPECT_LE(clock.monotonic(), milliseconds(10'100));
}

TEST(RateLimiterTest, APauseAllowsNoMoreThanATenthOfASecond) {
    ManualClock clock;
    RateLimiter limiter(clock, 1000);
    limiter.take(100);
    clock.advance(std::chrono::hours(1));
    const auto start = clock.monotonic();
    limiter.take(100);
    EXPECT_EQ(clock.monotonic(), start);
    limiter.take(1000);
    EXPECT_EQ(clock.monotonic(), start + milliseconds(1000));
}

TEST(RateLimiterTest, LargeAmountsWaitLong) {
    ManualClock clock;
    RateLimiter limiter(clock, 1);
    limiter.take(3600);
    EXPECT_GE(clock.monotonic(), milliseconds(3'599'900));
    EXPECT_LE(clock.monotonic(), milliseconds(3'600'100));
}

TEST(RateLimiterTest, ARateOfZeroIsTheLowestRate) {
    ManualClock clock;
    RateLimiter limiter(clock, 0);
    limiter.take(10);
    EXPECT_GE(clock.monotonic(), milliseconds(9'900));
}

}  // namespace
}  // namespace zg::net
