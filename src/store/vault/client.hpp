// Connects the vault commands to the vault service, without a store.
#pragma once

#include <memory>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/result.hpp"
#include "store/open.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

/// A client with its own settings and credentials. Retries transient failures.
class VaultClient {
  public:
    virtual ~VaultClient() = default;
    [[nodiscard]] virtual aws::Glacier& glacier() = 0;
    /// The notification service in the vaults' region.
    [[nodiscard]] virtual aws::Sns& sns() = 0;
};

/// References in `context` outlive the client.
Result<std::unique_ptr<VaultClient>> connect_vaults(const VaultOptions& options,
                                                    const OpenContext& context);

}  // namespace zg::store
