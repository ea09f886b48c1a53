// How far a long work has come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace zg {

/// Shown while bytes move. Called from one thread at a time.
class Progress {
  public:
    virtual ~Progress() = default;
    /// Work on `label` begins; `expected` is a guess in bytes and may be wrong either way.
    virtual void begin(const std::string& label, std::optional<std::uint64_t> expected) = 0;
    /// `bytes` more have passed.
    virtual void advance(std::uint64_t bytes) = 0;
    virtual void end() = 0;
};

class NoProgress final : public Progress {
  public:
    void begin(const std::string&, std::optional<std::uint64_t>) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
};

/// Shows progress for as long as it lives.
class ProgressScope {
  public:
    ProgressScope(Progress& progress, const std::string& label,
                  std::optional<std::uint64_t> expected)
        : progress_(progress) {
        progress_.begin(label, expected);
    }
    ~ProgressScope() { progress_.end(); }
    ProgressScope(const ProgressScope&) = delete;
    ProgressScope& operator=(const ProgressScope&) = delete;

  private:
    Progress& progress_;
};

}  // namespace zg
