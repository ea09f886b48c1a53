#include "cli/output/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/units.hpp"

namespace zg::cli {

namespace {

constexpr std::chrono::milliseconds terminal_interval{200};
constexpr std::chrono::seconds plain_interval{60};

std::string_view prefix_of(Level level) {
    switch (level) {
        case Level::info:
            return "";
        case Level::warning:
            return "warning: ";
        case Level::error:
            return "error: ";
        case Level::hint:
            return "hint: ";
    }
    return "";
}

}  // namespace

std::string progress_text(const std::string& label, std::uint64_t bytes,
                          std::optional<std::uint64_t> expected, std::chrono::nanoseconds elapsed) {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    const double rate = seconds > 0.5 ? static_cast<double>(bytes) / seconds : 0.0;
    std::string text = fmt::format("{}  {}", label, format_size(bytes));
    const bool believable = expected && *expected > 0 && bytes <= *expected;
    if (believable)
        text += fmt::format(
            " of about {} ({} %)", format_size(*expected),
            static_cast<int>(static_cast<double>(bytes) * 100.0 / static_cast<double>(*expected)));
    if (rate > 0) text += fmt::format("  {}/s", format_size(static_cast<std::uint64_t>(rate)));
    if (believable && rate > 0 && bytes > 0) {
        const auto left = static_cast<double>(*expected - bytes) / rate;
        text += fmt::format("  about {} left",
                            format_duration(std::chrono::seconds(static_cast<std::int64_t>(left))));
    }
    return text;
}

Console::Console(Clock& clock) : clock_(clock), terminal_(::isatty(STDERR_FILENO) != 0) {}

void Console::line(Level level, std::string_view text) {
    if (quiet_ && level == Level::info) return;
    const std::lock_guard guard(mutex_);
    clear();
    const std::string whole = fmt::format("zglacier: {}{}\n", prefix_of(level), text);
    std::fputs(whole.c_str(), stderr);
    if (!label_.empty() && terminal_) draw();
}

void Console::begin(const std::string& label, std::optional<std::uint64_t> expected) {
    const std::lock_guard guard(mutex_);
    label_ = label;
    expected_ = expected;
    bytes_ = 0;
    started_ = drawn_ = now();
}

void Console::advance(std::uint64_t bytes) {
    const std::lock_guard guard(mutex_);
    bytes_ += bytes;
    if (quiet_ || label_.empty()) return;
    if (now() - drawn_ < (terminal_ ? std::chrono::nanoseconds(terminal_interval)
                                    : std::chrono::nanoseconds(plain_interval)))
        return;
    drawn_ = now();
    draw();
}

void Console::end() {
    const std::lock_guard guard(mutex_);
    clear();
    label_.clear();
}

void Console::draw() {
    const std::string text = progress_text(label_, bytes_, expected_, now() - started_);
    if (terminal_)
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
    else
        std::fprintf(stderr, "zglacier: %s\n", text.c_str());
    std::fflush(stderr);
    shown_ = terminal_;
}

void Console::clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
}

}  // namespace zg::cli
