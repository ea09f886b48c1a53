// A clock that stands still until a test moves it.
#pragma once

#include <chrono>
#include <mutex>

#include "base/clock.hpp"

namespace zg {

/// Starts at 2026-11-23T02:00:00Z. sleep() returns at once and advances the time, including
/// monotonic().
class ManualClock final : public Clock {
  public:
    ManualClock() = default;
    explicit ManualClock(TimePoint start) : start_(start) {}

    [[nodiscard]] TimePoint now() const override {
        const std::lock_guard guard(mutex_);
        return start_ + std::chrono::duration_cast<std::chrono::seconds>(passed_);
    }
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override {
        const std::lock_guard guard(mutex_);
        return passed_;
    }
    void sleep(std::chrono::milliseconds duration) override { advance(duration); }
    void advance(std::chrono::nanoseconds duration) {
        const std::lock_guard guard(mutex_);
        passed_ += duration;
    }
    /// Sets the wall clock, in either direction; monotonic() stays.
    void set(TimePoint time) {
        const std::lock_guard guard(mutex_);
        start_ = time - std::chrono::duration_cast<std::chrono::seconds>(passed_);
    }

  private:
    mutable std::mutex mutex_;
    TimePoint start_ =
        std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{2};
    std::chrono::nanoseconds passed_{0};
};

}  // namespace zg
