// The vault service, as the vault verbs use it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/secret.hpp"
#include "base/world.hpp"

namespace zg::vault_tools {

/// Access keys that were given to zglacier itself and not to the AWS tools.
struct AccessKeys {
    std::string access_key_id{};
    Secret secret_access_key{};
    std::string where{};  ///< for messages: the file
    /// they override all others; else they come after the environment and a named profile, before
    /// ~/.aws
    bool first = false;

    [[nodiscard]] bool empty() const { return access_key_id.empty() && secret_access_key.empty(); }
};

/// How to reach the service. What is empty is taken from the AWS settings.
struct VaultAccess {
    std::string region{};
    std::string account = "-";  ///< 12 digits; "-": the account of the credentials
    std::string endpoint{};     ///< "http://127.0.0.1:9000"
    std::string profile{};
    unsigned connections = 4;                ///< calls at the same time
    std::uint64_t limit_rate = 0;            ///< bytes per second; 0: no limit
    std::chrono::seconds retry_time{1'800};  ///< how long one call is retried
    /// used if neither the user nor the environment names another one, before ~/.aws
    std::string default_region{};
    AccessKeys keys{};
};

/// What the functions of this room work with. Each function connects on its own, so that invalid
/// arguments are refused before anything is requested. References outlive the call.
///
/// Errors of every function that takes it: usage (settings, arguments), refused (credentials,
/// permissions, policies), not_found (vault, archive, job), unavailable (the network or the
/// service, after all retries).
struct VaultService {
    World& world;
    VaultAccess access{};
};

}  // namespace zg::vault_tools
