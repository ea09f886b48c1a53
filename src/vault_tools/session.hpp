// The vault service, opened for the vault commands.
#pragma once

#include <memory>
#include <string>

#include "aws/sns/sns.hpp"
#include "base/world.hpp"
#include "store/open.hpp"
#include "vault_tools/transfer.hpp"

namespace zg::vault_tools {

/// How the service is to be reached; what is empty is as the AWS settings say.
struct VaultAccess {
    std::string region{};
    std::string account = "-";
    std::string endpoint{};
    std::string profile{};
    unsigned connections = 4;
    std::uint64_t limit_rate = 0;
    std::chrono::seconds retry_time{1'800};
    store::AwsDefaults defaults{};
};

/// The account's vaults in one region. One thread opens it; its calls come from any.
class Vaults {
  public:
    virtual ~Vaults() = default;
    [[nodiscard]] virtual aws::Glacier& glacier() = 0;
    [[nodiscard]] virtual aws::Sns& sns() = 0;
};

/// `world` and `log` outlive it.
Result<std::unique_ptr<Vaults>> open_vaults(World& world, const VaultAccess& access, Log& log);

}  // namespace zg::vault_tools
