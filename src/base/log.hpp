// Messages for the user.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zg {

enum class Level { info, warning, error, hint };

/// Takes one line at a time, without a newline. May be called from any thread.
class Log {
  public:
    virtual ~Log() = default;
    virtual void line(Level level, std::string_view text) = 0;

    void info(std::string_view text) { line(Level::info, text); }
    void warning(std::string_view text) { line(Level::warning, text); }
    void hint(std::string_view text) { line(Level::hint, text); }
    /// Logs the error's message, then its hint if it has one.
    void error(const Error& error) {
        line(Level::error, error.message());
        if (!error.hint.empty()) line(Level::hint, error.hint);
    }
};

/// Drops every line.
class NoLog final : public Log {
  public:
    void line(Level, std::string_view) override {}
};

}  // namespace zg
