// A vault's tags and retrieval limits.
#include "vault_tools/tags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

void print_limit(const VaultCall& call, const vault_tools::RetrievalLimit& limit) {
    call.print(
        {{"strategy", limit.strategy},
         {"bytes_per_hour", limit.bytes_per_hour ? Json(*limit.bytes_per_hour) : Json(nullptr)}},
        vault_tools::retrieval_limit_text(limit) + "\n");
}

}  // namespace

Result<ExitCode> vault_tags_show(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto tags, vault_tools::list_tags(call.service, vault));
    Table table{.columns = {"Name", "Value"}};
    for (const auto& [name, value] : tags) table.rows.push_back({name, value});
    call.print(table, {{"vault", vault}, {"tags", tags}});
    return ExitCode::done;
}

Result<ExitCode> vault_tags_set(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto tags, vault_tools::set_tags(call.service, vault, call.given.tags));
    call.print({{"vault", vault}, {"tags", tags}},
               fmt::format("vault {} has the new tags\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_tags_remove(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    const std::vector<std::string>& names = call.given.tags;
    ZG_CHECK(vault_tools::remove_tags(call.service, vault, names));
    call.print({{"vault", vault}, {"removed", names}},
               fmt::format("removed {}\n", fmt::join(names, ", ")));
    return ExitCode::done;
}

Result<ExitCode> vault_retrieval_policy_show(const VaultCall& call) {
    ZG_TRY(const auto limit, vault_tools::retrieval_limit(call.service));
    print_limit(call, limit);
    return ExitCode::done;
}

Result<ExitCode> vault_retrieval_policy_set(const VaultCall& call) {
    ZG_TRY(const auto limit, vault_tools::set_retrieval_limit(call.service, call.given.limit));
    print_limit(call, limit);
    return ExitCode::done;
}

}  // namespace zg::cli
