// Vaults: create, list, describe, delete.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// Number and size of the archives are as of the vault's last inventory.
struct VaultInfo {
    std::string name;
    std::string arn;
    TimePoint created{};
    std::optional<TimePoint> inventoried{};  ///< nothing before the first inventory
    std::uint64_t archives = 0;
    std::uint64_t size = 0;  ///< bytes
};

/// It is not an error if the vault exists already.
Result<void> create_vault(const VaultService& service, const std::string& vault);
/// All vaults of the account in the region.
Result<std::vector<VaultInfo>> list_vaults(const VaultService& service);
Result<VaultInfo> describe_vault(const VaultService& service, const std::string& vault);
/// conflict unless the vault was empty at its last inventory and nothing was written since.
Result<void> delete_vault(const VaultService& service, const std::string& vault);

}  // namespace zg::vault_tools
