// One place that credentials come from, without a memory.
#pragma once

#include <string>

#include "aws/auth/credentials.hpp"

namespace zg::aws {

/// Used by one thread at a time: a CredentialsCache stands before it.
class CredentialSource {
  public:
    virtual ~CredentialSource() = default;
    /// Asks anew with every call. refused where the source says no, usage where it is configured
    /// wrongly, unavailable where it does not answer.
    virtual Result<Credentials> fetch() = 0;
    /// For messages, as CredentialProvider::source().
    [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace zg::aws
