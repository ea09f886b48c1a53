// Caches a source's credentials, and renews them in time.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::aws {

/// What to do with credentials that never expire.
enum class Lasting {
    keep,  ///< until the service refuses them
    /// fetch them with every get(), since that is cheap and somebody may have changed them
    ask_again,
};

/// May be called from any thread; one fetches while the others wait.
/// Credentials are renewed when 15 minutes or a fifth of their lifetime is left, whichever is less.
/// If that fails, the old ones are used until they expire, and the source is not tried again for a
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
