#include "vault_tools/session.hpp"

#include "store/vault/client.hpp"

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

Result<std::unique_ptr<Vaults>> open_vaults(World& world, const VaultAccess& access, Log& log) {
    store::VaultOptions options;
    options.region = access.region;
    options.account = access.account;
    options.endpoint = access.endpoint;
    options.profile = access.profile;
    const store::OpenContext context{.clock = world.clock,
                                     .random = world.random,
                                     .log = log,
                                     .steps = world.steps,
                                     .create = false,
                                     .overrides = {},
                                     .defaults = {},
                                     .limit_rate = access.limit_rate,
                                     .retry = {.budget = access.retry_time},
                                     .state_dir = {},
                                     .aws = access.defaults};
    ZG_TRY(auto client, store::connect_vaults(options, context));
    return std::make_unique<OpenVaults>(std::move(client));
}

}  // namespace zg::vault_tools
