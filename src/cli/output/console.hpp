// Standard error: messages, and one line of progress if it is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"

namespace zg::cli {

/// Writes "zglacier: …" lines. On a terminal a progress line is redrawn below them about five times
/// a second; otherwise a plain line shows it once a minute. Any number of threads.
class Console final : public Log, public Progress {
  public:
    explicit Console(Clock& clock);
    /// Shows only warnings, errors and hints.
    void be_quiet() { quiet_ = true; }
    void line(Level level, std::string_view text) override;
    void begin(const std::string& label, std::optional<std::uint64_t> expected) override;
    void advance(std::uint64_t bytes) override;
    void end() override;

  private:
    void draw();
    void clear();
    [[nodiscard]] std::chrono::nanoseconds now() const { return clock_.monotonic(); }

    Clock& clock_;
    bool quiet_ = false;
    bool terminal_;
    std::mutex mutex_;
    std::string label_;
    std::optional<std::uint64_t> expected_;
    std::uint64_t bytes_ = 0;
    std::chrono::nanoseconds started_{};
    std::chrono::nanoseconds drawn_{};
    bool shown_ = false;
};

/// "vat/testfs  1.2 GiB of about 3.0 GiB (40 %)  85.0 MiB/s  about 22 s left". The estimate can be
/// wrong: above the expected number of bytes, neither a percentage nor a time is shown.
std::string progress_text(const std::string& label, std::uint64_t bytes,
                          std::optional<std::uint64_t> expected, std::chrono::nanoseconds elapsed);

}  // namespace zg::cli
