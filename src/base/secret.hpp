// A string that must not be shown: a key, a token, a passphrase.
#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace zg {

/// Holds a secret. It has no formatter, no comparison and no stream operator, so that it cannot get
/// into a message by mistake; the value is available only from reveal(). Its memory is overwritten
/// before it is freed.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {}
    /// The old value is destroyed with `other`.
    Secret& operator=(Secret other) noexcept {
        value_.swap(other.value_);
        return *this;
    }
    ~Secret() {
        // The whole capacity: a short string that was moved from still has its characters.
        value_.resize(value_.capacity());
        ::explicit_bzero(value_.data(), value_.size());
    }
    /// The value itself; for signing and sending only.
    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

  private:
    std::string value_;
};

}  // namespace zg
