// For crash tests: every action that changes something outside the process is announced as a step.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/environment.hpp"

namespace zg {

/// Gets each step just before and just after it happens ("store.complete NAME begin" / "… end"). In
/// a test it can end the process there, like a power failure. May be called from any thread.
class Steps {
  public:
    virtual ~Steps() = default;
    virtual void at(std::string_view step) = 0;
};

/// Ignores every step, as in a run outside tests.
class NoSteps final : public Steps {
  public:
    void at(std::string_view) override {}
};

/// Announces that a longer action begins, and that it has ended, with or without success.
class StepScope {
  public:
    StepScope(Steps& steps, std::string step) : steps_(steps), step_(std::move(step)) {
        steps_.at(step_ + " begin");
    }
    ~StepScope() { steps_.at(step_ + " end"); }
    StepScope(const StepScope&) = delete;
    StepScope& operator=(const StepScope&) = delete;

  private:
    Steps& steps_;
    std::string step_;
};

/// Steps as the environment requests them: with ZGLACIER_TEST_STEP_LOG=FILE each step is appended
/// to FILE as one line, with ZGLACIER_TEST_CRASH_AT=N (from 1) the process kills itself with
/// SIGKILL at the N-th step. Without either: NoSteps.
std::unique_ptr<Steps> steps_from(const Environment& environment);

}  // namespace zg
