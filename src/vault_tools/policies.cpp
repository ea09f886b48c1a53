#include "vault_tools/policies.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "vault_tools/internal/rules.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

Result<std::string> read_policy_file(const std::string& file) {
    ZG_TRY(const auto source, open_input(file));
    auto policy = read_policy(*source);
    if (!policy) policy.error().where = file.empty() || file == "-" ? "standard input" : file;
    return policy;
}

/// Explains a not_found that the service returns in both cases.
template <class T>
Result<T> or_no_vault(Result<T> found, const char* what) {
    if (!found && found.error().kind == ErrorKind::not_found) found.error().what = what;
    return found;
}

}  // namespace

Result<std::string> access_policy(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return or_no_vault(vaults->glacier().get_access_policy(vault),
                       "there is no such vault, or it has no access policy");
}

Result<void> set_access_policy(const VaultService& service, const std::string& vault,
                               const std::string& file) {
    ZG_TRY(const std::string policy, read_policy_file(file));
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().set_access_policy(vault, policy);
}

Result<void> remove_access_policy(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().delete_access_policy(vault);
}

Result<LockInfo> vault_lock(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const aws::VaultLock lock, or_no_vault(vaults->glacier().get_lock(vault),
                                                  "there is no such vault, or it has no lock"));
    return LockInfo{.policy = lock.policy,
                    .state = lock.state,
                    .created = lock.created,
                    .expires = lock.expires};
}

Result<StartedLock> start_lock(const VaultService& service, const std::string& vault,
                               const std::string& file) {
    ZG_TRY(const std::string policy, read_policy_file(file));
    ZG_TRY(const auto vaults, open_vaults(service));
    const TimePoint expires = service.world.clock.now() + std::chrono::hours(24);
    ZG_TRY(std::string id, vaults->glacier().initiate_lock(vault, policy));
    return StartedLock{.id = std::move(id), .expires = expires};
}

Result<void> complete_lock(const VaultService& service, const std::string& vault,
                           const std::string& lock) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().complete_lock(vault, lock);
}

Result<void> abort_lock(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().abort_lock(vault);
}

}  // namespace zg::vault_tools
