// Keeps what a source gave, and renews it in time.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "aws/auth/credentials_source.hpp"

namespace zg::aws {

/// What to do with credentials that never expire.
enum class Lasting {
    keep,  ///< until the service refuses them
    /// with every get(), since asking is cheap there and somebody may have changed them
    ask_again,
};

/// Called from any thread; one asks the source while the others wait.
///
/// Credentials are renewed when 15 minutes are left or a fifth of their life, whichever is less.
/// Where that fails the old ones do until they expire, and the source is not asked again for a
/// while.
class CredentialsCache final : public CredentialProvider {
  public:
    /// The clock outlives the object.
    CredentialsCache(std::unique_ptr<CredentialSource> source, Clock& clock, Lasting lasting);

    Result<Credentials> get() override;
    void refused(const Credentials& used) override;
    [[nodiscard]] std::string source() const override { return source_->name(); }

  private:
    Result<Credentials> fetch();
    [[nodiscard]] bool good_enough() const;
    [[nodiscard]] bool still_valid() const;

    std::unique_ptr<CredentialSource> source_;
    Clock& clock_;
    Lasting lasting_;
    std::mutex mutex_;
    std::optional<Credentials> held_;
    std::chrono::seconds renew_when_left_{0};
    std::chrono::nanoseconds ask_not_before_{0};  // of clock_.monotonic()
};

}  // namespace zg::aws
