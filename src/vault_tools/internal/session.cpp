#include "vault_tools/internal/session.hpp"

#include <memory>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/result.hpp"
#include "store/open.hpp"
#include "store/vault/client.hpp"
#include "store/vault/options.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

class OpenVaults final : public Vaults {
  public:
    explicit OpenVaults(std::unique_ptr<store::VaultClient> client) : client_(std::move(client)) {}
    [[nodiscard]] aws::Glacier& glacier() override { return client_->glacier(); }
    [[nodiscard]] aws::Sns& sns() override { return client_->sns(); }

  private:
    std::unique_ptr<store::VaultClient> client_;
};

}  // namespace

store::OpenContext open_context(const VaultService& service, std::string state_dir) {
    const VaultAccess& access = service.access;
    return {.environment = service.world.environment,
            .clock = service.world.clock,
            .random = service.world.random,
            .log = service.world.log,
            .steps = service.world.steps,
            .create = false,
            .overrides = {},
            .defaults = {},
            .limit_rate = access.limit_rate,
            .retry = {.budget = access.retry_time},
            .state_dir = std::move(state_dir),
            .aws = {.region = access.default_region,
                    .keys = {.access_key_id = access.keys.access_key_id,
                             .secret_access_key = access.keys.secret_access_key,
                             .where = access.keys.where,
                             .first = access.keys.first}}};
}

Result<std::unique_ptr<Vaults>> open_vaults(const VaultService& service) {
    store::VaultOptions options;
    options.region = service.access.region;
    options.account = service.access.account;
    options.endpoint = service.access.endpoint;
    options.profile = service.access.profile;
    ZG_TRY(auto client, store::connect_vaults(options, open_context(service)));
    return std::make_unique<OpenVaults>(std::move(client));
}

std::string tier_name(const std::string& tier) {
    if (tier == "expedited") return "Expedited";
    return tier == "bulk" ? "Bulk" : "Standard";
}

}  // namespace zg::vault_tools
