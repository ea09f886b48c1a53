// Finds access keys in the same places and in the same order as the AWS tools. Source: botocore's
// credentials.py; AWS SDKs and Tools Reference Guide, "Standardized credential providers".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/http.hpp"

namespace zg::aws {

struct Credentials {
    std::string access_key_id;
    Secret secret_access_key;
    Secret session_token{};              ///< empty for a long-term key
    std::optional<TimePoint> expires{};  ///< nothing: never
};

/// Provides credentials that are valid now. May be called from any thread.
class CredentialProvider {
  public:
    virtual ~CredentialProvider() = default;
    /// The credentials, renewed if they expire soon. refused, with a hint, if there are none.
    virtual Result<Credentials> get() = 0;
    /// To be called if the service has refused `used` as expired: the next get() fetches new ones,
    /// unless another thread has done so in the meantime.
    virtual void refused(const Credentials& used) = 0;
    /// The name of the source, for messages: "profile backup", "environment"; no secret.
    [[nodiscard]] virtual std::string source() const = 0;
};

/// Keys that were given to zglacier itself and not to the AWS tools.
struct GivenKeys {
    std::string access_key_id{};
    Secret secret_access_key{};
    std::string where{};  ///< for messages: the file
    /// they override all others; else they come after the environment and a named profile, and
    /// before ~/.aws
    bool first = false;

    [[nodiscard]] bool empty() const { return access_key_id.empty() && secret_access_key.empty(); }
};

struct CredentialContext {
    const Environment& environment;
    net::Http& http;  ///< for STS, the container endpoint and IMDS
    Clock& clock;
    std::string profile{};  ///< given by the user; empty: AWS_PROFILE, or "default"
    std::string region{};   ///< for STS; empty: the global endpoint
    GivenKeys keys{};
};

/// Finds the first source, in this order, that is configured: AWS_ACCESS_KEY_ID and
/// AWS_SECRET_ACCESS_KEY (not if the user named a profile); the profile's role_arn with
/// source_profile or credential_source (AssumeRole, also chained), or with web_identity_token_file;
/// AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE; the profile's keys in the credentials file; its
/// credential_process; its keys in the config file; the container endpoint; IMDSv2. For the place
/// of `keys` see GivenKeys. References in `context` outlive the provider. usage if a named profile
/// does not exist or is incomplete.
Result<std::unique_ptr<CredentialProvider>> find_credentials(const CredentialContext& context);

}  // namespace zg::aws
