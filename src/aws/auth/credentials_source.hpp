// A source of credentials, without a cache.
#pragma once

#include <string>

#include "aws/auth/credentials.hpp"
#include "base/result.hpp"

namespace zg::aws {

/// Used by one thread at a time, through a CredentialsCache.
class CredentialSource {
  public:
    virtual ~CredentialSource() = default;
    /// Fetches the credentials with every call. refused if the source refuses, usage if it is
    /// configured wrongly, unavailable if it does not answer.
    virtual Result<Credentials> fetch() = 0;
    /// For messages, as CredentialProvider::source().
    [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace zg::aws
