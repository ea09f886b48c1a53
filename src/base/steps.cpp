#include "base/steps.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace zg {

namespace {

class TestSteps final : public Steps {
  public:
    TestSteps(const char* log, std::uint64_t crash_at)
        : log_(log != nullptr ? ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1),
          crash_at_(crash_at) {}
    ~TestSteps() override {
        if (log_ >= 0) ::close(log_);
    }
    TestSteps(const TestSteps&) = delete;
    TestSteps& operator=(const TestSteps&) = delete;

    void at(std::string_view step) override {
        const std::lock_guard guard(mutex_);
        ++count_;
        if (log_ >= 0) {
            const std::string line = std::to_string(count_) + ' ' + std::string(step) + '\n';
            [[maybe_unused]] const auto written = ::write(log_, line.data(), line.size());
        }
        if (count_ == crash_at_) ::kill(::getpid(), SIGKILL);
    }

  private:
    std::mutex mutex_;
    std::uint64_t count_ = 0;
    int log_;
    std::uint64_t crash_at_;
};

}  // namespace

std::unique_ptr<Steps> steps_from(const Environment& environment) {
    const auto log = environment.get("ZGLACIER_TEST_STEP_LOG");
    const auto crash = environment.get("ZGLACIER_TEST_CRASH_AT");
    if (!log && !crash) return std::make_unique<NoSteps>();
    return std::make_unique<TestSteps>(log ? log->c_str() : nullptr,
                                       crash ? std::strtoull(crash->c_str(), nullptr, 10) : 0);
}

}  // namespace zg
