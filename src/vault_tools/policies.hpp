// Who may do what with a vault: its access policy, and its lock.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

// A policy is JSON of at most 20 KiB. `file` may be "-" or empty: standard input; usage if what is
// in it is not a policy.

/// not_found if there is no such vault, or it has no policy.
Result<std::string> access_policy(const VaultService& service, const std::string& vault);
Result<void> set_access_policy(const VaultService& service, const std::string& vault,
                               const std::string& file);
Result<void> remove_access_policy(const VaultService& service, const std::string& vault);

struct LockInfo {
    std::string policy;
    std::string state;  ///< "InProgress", "Locked"
    TimePoint created{};
    std::optional<TimePoint> expires{};  ///< InProgress: when it is dropped
};
/// not_found if there is no such vault, or it has no lock.
Result<LockInfo> vault_lock(const VaultService& service, const std::string& vault);

struct StartedLock {
    std::string id;
    TimePoint expires{};
};
/// Puts the policy in `file` in force as a lock, for 24 hours.
Result<StartedLock> start_lock(const VaultService& service, const std::string& vault,
                               const std::string& file);
/// From then on nobody can change or remove the lock.
Result<void> complete_lock(const VaultService& service, const std::string& vault,
                           const std::string& lock);
/// refused if the lock is complete.
Result<void> abort_lock(const VaultService& service, const std::string& vault);

}  // namespace zg::vault_tools
