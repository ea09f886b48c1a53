#include "store/aws_connection.hpp"

#include <memory>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/service_settings.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "net/http.hpp"
#include "net/rate_limiter.hpp"
#include "store/aws_defaults.hpp"
#include "store/open.hpp"

namespace zg::store {

namespace {

/// The addresses that provide a machine's own credentials are on the machine or its local link: a
/// proxy cannot reach them.
std::string without_proxy(const Environment& environment) {
    const std::string given =
        environment.get("no_proxy").value_or(environment.get("NO_PROXY").value_or(""));
    return (given.empty() ? "" : given + ",") +
           "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23,localhost,127."
           "0.0.1,::1";
}

/// Whether the user or the environment names a region, or a profile, whose region is used then.
bool names_region(const Environment& environment, const std::string& profile) {
    if (!profile.empty()) return true;
    for (const char* name :
         {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (environment.get(name)) return true;
    return false;
}

aws::GivenKeys aws_keys(const GivenKeys& keys) {
    return {.access_key_id = keys.access_key_id,
            .secret_access_key = keys.secret_access_key,
            .where = keys.where,
            .first = keys.first};
}

}  // namespace

Result<std::unique_ptr<AwsConnection>> connect_aws(AwsPlace& place, const OpenContext& context) {
    auto connection = std::make_unique<AwsConnection>();
    ZG_TRY(connection->settings,
           aws::load_settings(context.environment, place.profile, place.service));
    if (place.region.empty() && !names_region(context.environment, place.profile))
        place.region = context.aws.region;
    if (place.region.empty()) place.region = connection->settings.region;
    if (place.region.empty()) place.region = context.aws.region;
    if (place.region.empty()) place.region = "us-east-1";
    if (place.endpoint.empty()) place.endpoint = connection->settings.endpoint_url;
    net::HttpOptions http{.ca_bundle = connection->settings.ca_bundle};
    http.no_proxy = without_proxy(context.environment);
    connection->unlimited = net::open_http(http);
    if (context.limit_rate > 0) {
        connection->upload = std::make_unique<net::RateLimiter>(context.clock, context.limit_rate);
        connection->download =
            std::make_unique<net::RateLimiter>(context.clock, context.limit_rate);
    }
    http.upload_limit = connection->upload.get();
    http.download_limit = connection->download.get();
    connection->http = net::open_http(http);
    ZG_TRY(connection->credentials, aws::find_credentials({.environment = context.environment,
                                                           .http = *connection->unlimited,
                                                           .clock = context.clock,
                                                           .profile = place.profile,
                                                           .region = place.region,
                                                           .keys = aws_keys(context.aws.keys)}));
    return connection;
}

}  // namespace zg::store
