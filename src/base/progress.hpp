// Progress of long operations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace zg {

/// Shown while data is transferred. Called from one thread at a time.
class Progress {
  public:
    virtual ~Progress() = default;
    /// Work on `label` begins; `expected` is an estimate in bytes, which may be too high or too
    /// low.
    virtual void begin(const std::string& label, std::optional<std::uint64_t> expected) = 0;
    /// `bytes` more were transferred.
    virtual void advance(std::uint64_t bytes) = 0;
    virtual void end() = 0;
};

class NoProgress final : public Progress {
  public:
    void begin(const std::string&, std::optional<std::uint64_t>) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
};

/// Shows progress during its lifetime.
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
