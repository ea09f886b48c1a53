#include "vault_tools/vaults.hpp"

#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/result.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

VaultInfo info_of(const aws::Vault& vault) {
    return {.name = vault.name,
            .arn = vault.arn,
            .created = vault.created,
            .inventoried = vault.inventoried,
            .archives = vault.archives,
            .size = vault.size};
}

}  // namespace

Result<void> create_vault(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().create_vault(vault);
}

Result<std::vector<VaultInfo>> list_vaults(const VaultService& service) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::vector<aws::Vault> all, vaults->glacier().list_vaults());
    std::vector<VaultInfo> infos;
    for (const aws::Vault& vault : all) infos.push_back(info_of(vault));
    return infos;
}

Result<VaultInfo> describe_vault(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const aws::Vault described, vaults->glacier().describe_vault(vault));
    return info_of(described);
}

Result<void> delete_vault(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().delete_vault(vault);
}

}  // namespace zg::vault_tools
