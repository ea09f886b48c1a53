// Opens the vault service for this room's functions.
#pragma once

#include <memory>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/result.hpp"
#include "store/open.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// The account's vaults in one region. One thread opens it; any thread may call it. Transient
/// failures are retried.
class Vaults {
  public:
    virtual ~Vaults() = default;
    [[nodiscard]] virtual aws::Glacier& glacier() = 0;
    [[nodiscard]] virtual aws::Sns& sns() = 0;
};

/// References in `service` outlive it.
Result<std::unique_ptr<Vaults>> open_vaults(const VaultService& service);

/// For functions of store/ that open something. `state_dir`: from prepare_state_dir(), if it is
/// needed.
store::OpenContext open_context(const VaultService& service, std::string state_dir = {});

/// Amazon's name of a tier: "Expedited", "Bulk", and "Standard" for anything else.
std::string tier_name(const std::string& tier);

}  // namespace zg::vault_tools
