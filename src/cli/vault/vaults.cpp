// Vaults themselves: create, list, describe, delete.
#include "vault_tools/vaults.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

void print_vaults(const VaultCall& call, const std::vector<vault_tools::VaultInfo>& vaults) {
    Table table{.columns = {"Vault", "Archives", "Size", "Created", "Last inventory", "ARN"}};
    Json all = Json::array();
    for (const vault_tools::VaultInfo& vault : vaults) {
        table.rows.push_back({vault.name, std::to_string(vault.archives),
                              std::to_string(vault.size), rfc3339_utc(vault.created),
                              vault.inventoried ? rfc3339_utc(*vault.inventoried) : "none yet",
                              vault.arn});
        all.push_back({{"name", vault.name},
                       {"arn", vault.arn},
                       {"created", rfc3339_utc(vault.created)},
                       {"inventoried", json_of(vault.inventoried)},
                       {"archives", vault.archives},
                       {"size", vault.size}});
    }
    call.print(table, {{"vaults", std::move(all)}});
}

}  // namespace

Result<ExitCode> vault_create(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::create_vault(call.service, vault));
    call.print({{"vault", vault}}, fmt::format("vault {} exists\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_list(const VaultCall& call) {
    ZG_TRY(const auto vaults, vault_tools::list_vaults(call.service));
    print_vaults(call, vaults);
    return ExitCode::done;
}

Result<ExitCode> vault_describe(const VaultCall& call) {
    ZG_TRY(const auto vault, vault_tools::describe_vault(call.service, call.given.vault));
    print_vaults(call, {vault});
    return ExitCode::done;
}

Result<ExitCode> vault_delete(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::delete_vault(call.service, vault));
    call.print({{"vault", vault}}, fmt::format("vault {} is deleted\n", vault));
    return ExitCode::done;
}

}  // namespace zg::cli
