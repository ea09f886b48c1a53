// The content of a vault: from its inventory, and from what this machine knows.
#include "vault_tools/inventory.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

std::string known_of(const vault_tools::KnownVault& one) {
    if (one.inventory)
        return fmt::format(
            "vault {} in {}: inventory of {}, and what was uploaded from here since then", one.name,
            one.region, rfc3339_utc(*one.inventory));
    return fmt::format(
        "vault {} in {}: only what was uploaded from here; `zglacier vault inventory {}` fetches "
        "the rest",
        one.name, one.region, one.name);
}

void print_found(const VaultCall& call, const vault_tools::SearchReport& report) {
    Table table{.columns = {"Vault", "Archive", "Size", "Created", "Tree hash", "Description"}};
    Json archives = Json::array();
    for (const vault_tools::FoundArchive& one : report.archives) {
        table.rows.push_back({one.vault, one.archive, std::to_string(one.size),
                              rfc3339_utc(one.created), one.tree_hash,
                              one.object.value_or(one.description)});
        archives.push_back({{"vault", one.vault},
                            {"region", one.region},
                            {"archive", one.archive},
                            {"size", one.size},
                            {"created", rfc3339_utc(one.created)},
                            {"tree_hash", one.tree_hash},
                            {"description", one.description},
                            {"name", one.object ? Json(*one.object) : Json(nullptr)},
                            {"file", one.file.empty() ? Json(nullptr) : Json(one.file)}});
    }
    Json vaults = Json::array();
    for (const vault_tools::KnownVault& one : report.vaults)
        vaults.push_back(
            {{"vault", one.name}, {"region", one.region}, {"inventory", json_of(one.inventory)}});
    call.print(table, {{"archives", std::move(archives)}, {"vaults", std::move(vaults)}});
}

}  // namespace

Result<ExitCode> vault_inventory(const VaultCall& call) {
    ZG_TRY(const auto report,
           vault_tools::read_inventory(call.service, {.vault = call.given.vault,
                                                      .refresh = call.given.refresh,
                                                      .topic = call.given.topic,
                                                      .state_dir = call.given.state_dir}));
    Table table{.columns = {"Archive", "Size", "Created", "Tree hash", "Description"}};
    Json archives = Json::array();
    for (const vault_tools::ArchiveInfo& one : report.archives) {
        table.rows.push_back({one.id, std::to_string(one.size), rfc3339_utc(one.created),
                              one.tree_hash, one.description});
        archives.push_back({{"id", one.id},
                            {"description", one.description},
                            {"created", rfc3339_utc(one.created)},
                            {"size", one.size},
                            {"tree_hash", one.tree_hash}});
    }
    const std::string date = rfc3339_utc(report.date);
    call.service.world.log.info(fmt::format("inventory of {}", date));
    call.print(table, {{"date", date}, {"archives", std::move(archives)}});
    return ExitCode::done;
}

Result<ExitCode> vault_search(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto report,
           vault_tools::search_archives(call.service.world.environment, call.given.state_dir,
                                        {.region = call.given.access.region,
                                         .vault = vault,
                                         .file = call.given.name,
                                         .description = call.given.description,
                                         .text = call.given.text}));
    for (const vault_tools::KnownVault& one : report.vaults)
        call.service.world.log.info(known_of(one));
    if (report.vaults.empty())
        call.service.world.log.hint(fmt::format(
            "nothing is known about {}: run `zglacier vault inventory {}` to request an "
            "inventory, and again some hours later to read it",
            vault.empty() ? "any vault" : "vault " + vault, vault.empty() ? "VAULT" : vault));
    print_found(call, report);
    return ExitCode::done;
}

}  // namespace zg::cli
