// The Security Token Service: credentials of a role. Source: AWS Security Token Service API
// Reference, version 2011-06-15.
#pragma once

#include <expected>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/service_settings.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/http.hpp"

namespace zg::aws {

struct StsEndpoint {
    std::string url;     ///< without a slash at the end
    std::string region;  ///< that requests are signed for
};

/// AWS_ENDPOINT_URL_STS and similar settings (see load_settings()), else the region's own, or the
/// global one if `region` is empty. usage if it is not a valid URL.
Result<StsEndpoint> sts_endpoint(const Environment& environment, const std::string& profile,
                                 const std::string& region);

struct RoleRequest {
    std::string role_arn;
    std::string session_name;
    std::string external_id{};       ///< may be empty
    std::string duration_seconds{};  ///< empty: the role's default
};

/// Why there are no credentials. refused: not allowed, or an invalid key or token; usage: a wrong
/// parameter or endpoint; unavailable.
struct StsError {
    Error error;
    /// the caller's own key or token is not valid (any more)
    bool caller_refused = false;
};

using StsResult = std::expected<Credentials, StsError>;

/// References outlive it. `where` in errors is `name`.
class Sts {
  public:
    Sts(net::Http& http, Clock& clock, StsEndpoint endpoint, std::string name);
    StsResult assume_role(const RoleRequest& role, const Credentials& caller);
    StsResult assume_role_with_web_identity(const RoleRequest& role, const Secret& token);

  private:
    struct Call;
    StsResult send(const Call& call);
    StsResult read_answer(const Call& call, const net::Response& response) const;
    [[nodiscard]] StsError refusal(const Call& call, const net::Response& response) const;

    net::Http& http_;
    Clock& clock_;
    StsEndpoint endpoint_;
    std::string name_;
};

}  // namespace zg::aws
