// Where the access keys come from: the places where the AWS tools look, in their order.
// Source: botocore's credentials.py; AWS SDKs and Tools Reference Guide, "Standardized credential
// providers".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/auth/environment.hpp"
#include "base/clock.hpp"
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

/// Gives credentials that are valid now. Called from any thread.
class CredentialProvider {
  public:
    virtual ~CredentialProvider() = default;
    /// The credentials, fetched anew where they expire soon. refused, with a hint, where none can
    /// be had.
    virtual Result<Credentials> get() = 0;
    /// The service has refused `used` as expired: the next get() fetches new ones, unless another
    /// thread has done so meanwhile.
    virtual void refused(const Credentials& used) = 0;
    /// Where they come from, for messages: "profile backup", "environment"; no secret.
    [[nodiscard]] virtual std::string source() const = 0;
};

/// Keys that were given to zglacier itself and not to the AWS tools.
struct GivenKeys {
    std::string access_key_id{};
    Secret secret_access_key{};
    std::string where{};  ///< for messages: the file
    /// they come before all else; otherwise behind the environment and a profile that was named,
    /// and before ~/.aws
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
/// AWS_SECRET_ACCESS_KEY (not where a profile was given by the user); the profile's role_arn with
/// source_profile or credential_source (AssumeRole, also chained), or with web_identity_token_file;
/// AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE; the profile's keys in the credentials file; its
/// credential_process; its keys in the config file; the container endpoint; IMDSv2. For `keys` see
/// there. References in `context` outlive the provider. usage where a profile is named that does
/// not exist or is incomplete.
Result<std::unique_ptr<CredentialProvider>> find_credentials(const CredentialContext& context);

}  // namespace zg::aws
