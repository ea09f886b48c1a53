// A log that a test can read.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"

namespace zg {

/// Keeps every line with its level. Any thread may log; to be read when no other thread logs.
class KeptLog final : public Log {
  public:
    void line(Level level, std::string_view text) override {
        const std::lock_guard guard(mutex_);
        (level == Level::warning ? warnings : others).emplace_back(text);
        lines.emplace_back(text);
    }
    /// All lines, each with a newline.
    [[nodiscard]] std::string all() const {
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        return text;
    }
    std::vector<std::string> lines;
    std::vector<std::string> warnings;
    std::vector<std::string> others;

  private:
    std::mutex mutex_;
};

}  // namespace zg
