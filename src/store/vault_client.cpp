#include "store/vault_client.hpp"

#include "store/aws_connection.hpp"
#include "store/retrying_glacier.hpp"

namespace zg::store {

namespace {

class ConnectedVaults final : public VaultClient {
  public:
    ConnectedVaults(std::unique_ptr<AwsConnection> connection, std::unique_ptr<aws::Glacier> glacier)
        : connection_(std::move(connection)), glacier_(std::move(glacier)) {}
    [[nodiscard]] aws::Glacier& glacier() override { return *glacier_; }

  private:
    std::unique_ptr<AwsConnection> connection_;
    std::unique_ptr<aws::Glacier> glacier_;
};

}  // namespace

Result<std::unique_ptr<VaultClient>> connect_vaults(const VaultOptions& options, const OpenContext& context) {
    AwsPlace place{.service = "glacier", .profile = options.profile, .region = options.region, .endpoint = options.endpoint};
    ZG_TRY(auto connection, connect_aws(place, context));
    auto glacier = aws::open_glacier({.region = place.region, .account = options.account, .endpoint = place.endpoint}, connection->context(context.clock, context.log));
    return std::make_unique<ConnectedVaults>(std::move(connection), retry(std::move(glacier), context.retry, context.clock, context.random, context.log));
}

}  // namespace zg::store
