// A string that must not be shown: a key, a token, a passphrase.
#pragma once

#include <string>
#include <utility>

namespace zg {

/// Holds a secret. It has no formatter, no comparison and no stream operator, so that it cannot slip into a message; who needs
/// the value asks for it by name.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    /// The value itself; for signing and sending only.
    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

  private:
    std::string value_;
};

}  // namespace zg
