#include "store/s3_open.hpp"

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "net/http.hpp"
#include "net/rate_limiter.hpp"
#include "store/forwarding_store.hpp"
#include "store/s3_store.hpp"

namespace zg::store {

namespace {

/// What the bucket's calls go through. Members are in the order in which each needs those before it.
struct Connection {
    aws::Environment environment = aws::Environment::of_process();
    std::unique_ptr<net::RateLimiter> upload;
    std::unique_ptr<net::RateLimiter> download;
    std::unique_ptr<net::Http> http;
    std::unique_ptr<net::Http> unlimited;  // for credentials
    std::unique_ptr<aws::CredentialProvider> credentials;
};

/// A store that owns its connection.
class ConnectedStore final : public ForwardingStore {
  public:
    ConnectedStore(std::unique_ptr<Connection> connection, std::unique_ptr<Store> store)
        : ForwardingStore(*store), connection_(std::move(connection)), store_(std::move(store)) {}

  private:
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Store> store_;
};

/// Where a machine's own credentials come from lies on the machine or its link: no proxy leads there.
std::string without_proxy(const aws::Environment& environment) {
    const std::string given = environment.get("no_proxy").value_or(environment.get("NO_PROXY").value_or(""));
    return (given.empty() ? "" : given + ",") + "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23,localhost,127.0.0.1,::1";
}

aws::Addressing addressing_of(const std::string& style) {
    if (style == "path") return aws::Addressing::path;
    return style == "virtual" ? aws::Addressing::virtual_host : aws::Addressing::automatic;
}

}  // namespace

Result<std::unique_ptr<Store>> open_s3_store(S3Options options, const OpenContext& context) {
    auto connection = std::make_unique<Connection>();
    ZG_TRY(const aws::ServiceSettings settings, aws::load_settings(connection->environment, options.profile, "s3"));
    aws::BucketConfig config{.bucket = options.bucket,
                             .region = !options.region.empty() ? options.region : settings.region,
                             .endpoint = !options.endpoint.empty() ? options.endpoint : settings.endpoint_url,
                             .addressing = addressing_of(!options.addressing.empty() ? options.addressing : settings.addressing_style),
                             .requester_pays = options.requester_pays,
                             .expected_owner = options.owner};
    if (config.region.empty()) config.region = "us-east-1";
    net::HttpOptions http{.ca_bundle = settings.ca_bundle};
    http.no_proxy = without_proxy(connection->environment);
    connection->unlimited = net::open_http(http);
    if (context.limit_rate > 0) {
        connection->upload = std::make_unique<net::RateLimiter>(context.clock, context.limit_rate);
        connection->download = std::make_unique<net::RateLimiter>(context.clock, context.limit_rate);
    }
    http.upload_limit = connection->upload.get();
    http.download_limit = connection->download.get();
    connection->http = net::open_http(http);
    ZG_TRY(connection->credentials, aws::find_credentials({.environment = connection->environment,
                                                           .http = *connection->unlimited,
                                                           .clock = context.clock,
                                                           .profile = options.profile,
                                                           .region = config.region}));
    auto bucket = aws::open_s3(std::move(config), {.http = *connection->http,
                                                   .credentials = *connection->credentials,
                                                   .clock = context.clock,
                                                   .log = context.log});
    auto store = make_s3_store(std::move(options), std::move(bucket), context.clock, context.log);
    auto connected = std::make_unique<ConnectedStore>(std::move(connection), std::move(store));
    return retry(std::move(connected), context.retry, context.clock, context.random, context.log);
}

}  // namespace zg::store
