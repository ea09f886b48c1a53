// The connection to one of Amazon's services: settings, credentials, HTTP.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/service_settings.hpp"
#include "aws/auth/signed_http.hpp"
#include "base/result.hpp"
#include "net/http.hpp"
#include "net/rate_limiter.hpp"
#include "store/open.hpp"
#include "store/store.hpp"
#include "store/wrap/forwarding_store.hpp"

namespace zg::store {

/// The order of members matters: each uses those before it.
struct AwsConnection {
    aws::ServiceSettings settings;
    std::unique_ptr<net::RateLimiter> upload;
    std::unique_ptr<net::RateLimiter> download;
    std::unique_ptr<net::Http> http;
    std::unique_ptr<net::Http> unlimited;  // for credentials
    std::unique_ptr<aws::CredentialProvider> credentials;

    /// The context for clients of the service; refers to this object.
    [[nodiscard]] aws::ClientContext client(const OpenContext& context) const {
        return {.http = *http,
                .credentials = *credentials,
                .clock = context.clock,
                .log = context.log,
                .random = context.random,
                .retry = context.retry};
    }
};

/// How to reach a service, according to a store's URL. Members that are empty are filled in from
/// the AWS settings.
struct AwsPlace {
    std::string service;  ///< "s3"
    std::string profile{};
    std::string region{};
    std::string endpoint{};
};

/// Finds settings and credentials. Fills in `place`.
Result<std::unique_ptr<AwsConnection>> connect_aws(AwsPlace& place, const OpenContext& context);

/// A store that owns its connection.
class ConnectedStore final : public ForwardingStore {
  public:
    ConnectedStore(std::unique_ptr<AwsConnection> connection, std::unique_ptr<Store> store)
        : ForwardingStore(*store), connection_(std::move(connection)), store_(std::move(store)) {}

  private:
    std::unique_ptr<AwsConnection> connection_;
    std::unique_ptr<Store> store_;
};

}  // namespace zg::store
