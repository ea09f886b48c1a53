#include "store/s3/open.hpp"

#include <memory>
#include <string>
#include <utility>

#include "aws/s3/s3.hpp"
#include "base/result.hpp"
#include "store/aws_connection.hpp"
#include "store/open.hpp"
#include "store/s3/options.hpp"
#include "store/s3/s3_store.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

aws::Addressing addressing_of(const std::string& style) {
    if (style == "path") return aws::Addressing::path;
    return style == "virtual" ? aws::Addressing::virtual_host : aws::Addressing::automatic;
}

}  // namespace

Result<std::unique_ptr<Store>> open_s3_store(S3Options options, const OpenContext& context) {
    AwsPlace place{.service = "s3",
                   .profile = options.profile,
                   .region = options.region,
                   .endpoint = options.endpoint};
    ZG_TRY(auto connection, connect_aws(place, context));
    const std::string& style =
        !options.addressing.empty() ? options.addressing : connection->settings.addressing_style;
    aws::BucketConfig config{.bucket = options.bucket,
                             .region = place.region,
                             .endpoint = place.endpoint,
                             .addressing = addressing_of(style),
                             .requester_pays = options.requester_pays,
                             .expected_owner = options.owner};
    auto bucket = aws::open_s3(std::move(config), connection->client(context));
    auto store = make_s3_store(std::move(options), std::move(bucket), context.clock, context.log);
    return std::make_unique<ConnectedStore>(std::move(connection), std::move(store));
}

}  // namespace zg::store
