// Tries again what failed for a passing reason.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace zg::store {

/// Full jitter: before try n (from 2) it waits a random time between 0 and min(longest, first *
/// 2^(n-2)).
struct RetryPolicy {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds longest{60'000};
    std::chrono::seconds budget{
        1'800};  ///< of one call: no try begins later than this after the first
};

/// Called from any thread. References outlive it.
class Retrier {
  public:
    Retrier(RetryPolicy policy, Clock& clock, Random& random, Log& log)
        : policy_(policy), clock_(clock), random_(random), log_(log) {}

    /// `call` until it succeeds, fails with another kind than unavailable, or the budget is used
    /// up; each retry is told in the log. Sets `retried` where it was called more than once.
    template <class Call>
    auto again(const Call& call, bool* retried = nullptr) -> decltype(call()) {
        const std::chrono::nanoseconds begun = clock_.monotonic();
        for (unsigned tries = 1;; ++tries) {
            auto result = call();
            if (result || !is_retryable(result.error().kind)) return result;
            const std::chrono::milliseconds pause = jittered(tries);
            if (clock_.monotonic() - begun + pause > policy_.budget) {
                Error error = std::move(result.error());
                if (tries > 1) error.what += fmt::format(", after {} tries", tries);
                if (error.hint.empty())
                    error.hint = "run the same command again later: it goes on, and loses nothing";
                return fail(std::move(error));
            }
            log_.warning(fmt::format("{}; try {} in {:.1f} s", result.error().message(), tries + 1,
                                     static_cast<double>(pause.count()) / 1000));
            clock_.sleep(pause);
            if (retried != nullptr) *retried = true;
        }
    }

  private:
    /// A random time up to the one that doubles with every try.
    std::chrono::milliseconds jittered(unsigned tries) {
        const auto doubled = policy_.first * (std::int64_t{1} << std::min(tries - 1, 20U));
        const auto ceiling = static_cast<std::uint64_t>(
            std::min<std::chrono::milliseconds>(doubled, policy_.longest).count());
        std::array<std::byte, 8> bytes{};
        random_.fill(bytes);
        return std::chrono::milliseconds(load_int<std::uint64_t>(bytes, 0) % (ceiling + 1));
    }

    RetryPolicy policy_;
    Clock& clock_;
    Random& random_;
    Log& log_;
};

}  // namespace zg::store
