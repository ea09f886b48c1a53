// A vault's access policy and its lock.
#include <fmt/format.h>

#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/output/question.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/verb.hpp"
#include "vault_tools/policies.hpp"

namespace zg::cli {

namespace {

/// As a JSON object if it is one, otherwise as a string.
Json policy_json(const std::string& policy) {
    Json json = Json::parse(policy, nullptr, false);
    return json.is_discarded() ? Json(policy) : json;
}

std::string policy_text(const std::string& policy) {
    const Json json = policy_json(policy);
    return (json.is_string() ? policy : json.dump(2)) + "\n";
}

/// Shows the policy and asks for confirmation.
Result<bool> agreed_to_lock(const VaultCall& call) {
    ZG_TRY(const auto lock, vault_tools::vault_lock(call.service, call.given.vault));
    fmt::print(stderr, "{}", policy_text(lock.policy));
    return ask(fmt::format("lock vault {} with this policy for ever?", call.given.vault),
               "a completed lock can never be undone", "add --yes to lock the vault for ever");
}

}  // namespace

Result<ExitCode> vault_policy_show(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto policy, vault_tools::access_policy(call.service, vault));
    call.print({{"vault", vault}, {"policy", policy_json(policy)}}, policy_text(policy));
    return ExitCode::done;
}

Result<ExitCode> vault_policy_set(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::set_access_policy(call.service, vault, call.given.file));
    call.print({{"vault", vault}}, fmt::format("vault {} has the new access policy\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_policy_remove(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::remove_access_policy(call.service, vault));
    call.print({{"vault", vault}}, fmt::format("vault {} has no access policy now\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_lock_show(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto lock, vault_tools::vault_lock(call.service, vault));
    const std::string created = rfc3339_utc(lock.created);
    const std::string until = lock.expires ? fmt::format(", removed at {} unless it is completed",
                                                         rfc3339_utc(*lock.expires))
                                           : "";
    call.print({{"vault", vault},
                {"state", lock.state},
                {"created", created},
                {"expires", json_of(lock.expires)},
                {"policy", policy_json(lock.policy)}},
               fmt::format("vault {}: {} since {}{}\n{}", vault, lock.state, created, until,
                           policy_text(lock.policy)));
    return ExitCode::done;
}

Result<ExitCode> vault_lock_start(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto lock, vault_tools::start_lock(call.service, vault, call.given.file));
    const std::string expires = rfc3339_utc(lock.expires);
    call.service.world.log.warning(
        "once it is complete, this lock can never be changed or undone: test it first");
    call.service.world.log.hint(
        fmt::format("until {}: zglacier vault lock complete {} {}, or zglacier vault lock abort "
                    "{}; after that it is removed automatically",
                    expires, vault, lock.id, vault));
    call.print({{"vault", vault}, {"lock", lock.id}, {"expires", expires}},
               fmt::format("lock id {}\nit must be completed within 24 hours, and can never be "
                           "undone after that\n",
                           lock.id));
    return ExitCode::done;
}

Result<ExitCode> vault_lock_complete(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    if (!call.given.yes) {
        ZG_TRY(const bool agreed, agreed_to_lock(call));
        if (!agreed) {
            call.service.world.log.info("nothing was locked");
            return ExitCode::failed;
        }
    }
    ZG_CHECK(vault_tools::complete_lock(call.service, vault, call.given.id));
    call.print({{"vault", vault}, {"state", "Locked"}},
               fmt::format("vault {} is locked for ever\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_lock_abort(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::abort_lock(call.service, vault));
    call.print({{"vault", vault}}, fmt::format("vault {} has no lock now\n", vault));
    return ExitCode::done;
}

}  // namespace zg::cli
