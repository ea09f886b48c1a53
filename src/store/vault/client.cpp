#include "store/vault/client.hpp"

#include <memory>
#include <utility>

#include "aws/auth/service_settings.hpp"
#include "aws/auth/signed_http.hpp"
#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "store/aws_connection.hpp"
#include "store/open.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

namespace {

class ConnectedVaults final : public VaultClient {
  public:
    ConnectedVaults(std::unique_ptr<AwsConnection> connection,
                    std::unique_ptr<aws::Glacier> glacier, std::unique_ptr<aws::Sns> sns)
        : connection_(std::move(connection)), glacier_(std::move(glacier)), sns_(std::move(sns)) {}
    [[nodiscard]] aws::Glacier& glacier() override { return *glacier_; }
    [[nodiscard]] aws::Sns& sns() override { return *sns_; }

  private:
    std::unique_ptr<AwsConnection> connection_;
    std::unique_ptr<aws::Glacier> glacier_;
    std::unique_ptr<aws::Sns> sns_;
};

}  // namespace

Result<std::unique_ptr<VaultClient>> connect_vaults(const VaultOptions& options,
                                                    const OpenContext& context) {
    AwsPlace place{.service = "glacier",
                   .profile = options.profile,
                   .region = options.region,
                   .endpoint = options.endpoint};
    ZG_TRY(auto connection, connect_aws(place, context));
    const aws::ClientContext client = connection->client(context);
    ZG_TRY(const aws::ServiceSettings for_sns,
           aws::load_settings(context.environment, place.profile, "sns"));
    auto glacier = aws::open_glacier(
        {.region = place.region, .account = options.account, .endpoint = place.endpoint}, client);
    auto sns = aws::open_sns({.region = place.region, .endpoint = for_sns.endpoint_url}, client);
    return std::make_unique<ConnectedVaults>(std::move(connection), std::move(glacier),
                                             std::move(sns));
}

}  // namespace zg::store
