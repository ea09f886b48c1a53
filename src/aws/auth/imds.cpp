#include "aws/auth/imds.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/credentials_text.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::chrono::milliseconds time_limit{1000};
constexpr const char* roles = "/latest/meta-data/iam/security-credentials/";
constexpr const char* see_role =
    "check in the EC2 console that the instance has a role and that its metadata service is "
    "enabled";
/// If Amazon cannot renew credentials, it continues to return expired ones, and its services accept
/// them.
constexpr std::chrono::minutes extension{10};

class ImdsSource final : public CredentialSource {
  public:
    ImdsSource(net::Http& http, Clock& clock, ImdsOptions options)
        : http_(http), clock_(clock), options_(std::move(options)) {}

    Result<Credentials> fetch() override {
        auto credentials = ask();
        if (credentials) options_.none_found.reset();
        if (credentials || !options_.none_found || credentials.error().kind == ErrorKind::usage)
            return credentials;
        Error error = *options_.none_found;
        error.cause = credentials.error().message();
        return fail(std::move(error));
    }
    [[nodiscard]] std::string name() const override { return "instance metadata"; }

  private:
    Result<Credentials> ask() {
        ZG_TRY(const std::string answer, request("PUT", "/latest/api/token",
                                                 {"x-aws-ec2-metadata-token-ttl-seconds", "300"}));
        const Secret token(answer);
        ZG_TRY(const std::string listed,
               request("GET", roles, {"x-aws-ec2-metadata-token", token.reveal()}));
        const std::string role = listed.substr(0, listed.find_first_of("\r\n"));
        if (role.empty())
            return fail(failure(ErrorKind::refused, "this machine has no instance role"));
        ZG_TRY(const std::string text, request("GET", roles + uri_encode(role),
                                               {"x-aws-ec2-metadata-token", token.reveal()}));
        const auto members = json_members(text);
        if (!members) return fail(failure(ErrorKind::refused, "the answer is not a JSON object"));
        if (const auto code = members->find("Code");
            code != members->end() && code->second != "Success")
            return fail(failure(ErrorKind::refused, "the instance's role provides no credentials",
                                safe_text(code->second, {&token})));
        ZG_TRY(Credentials credentials, credentials_of(*members, "Token", name()));
        if (credentials.expires && *credentials.expires <= clock_.now())
            credentials.expires = clock_.now() + extension;
        return credentials;
    }

    Result<std::string> request(const char* method, const std::string& path, net::Header header) {
        auto response = http_.send({.method = method,
                                    .url = options_.endpoint + path,
                                    .headers = {std::move(header)},
                                    .timeout = time_limit});
        if (!response) {
            Error error = std::move(response).error();
            return fail(failure(ErrorKind::unavailable,
                                "the instance metadata service does not answer", error.message()));
        }
        if (response->status == 200) return std::string(as_text(response->body));
        if (response->status == 404)
            return fail(failure(ErrorKind::refused, "this machine has no instance role"));
        const bool passing = response->status >= 500 || response->status == 429;
        return fail(
            failure(passing ? ErrorKind::unavailable : ErrorKind::refused,
                    fmt::format("the instance metadata service refuses the request (HTTP {})",
                                response->status)));
    }

    [[nodiscard]] Error failure(ErrorKind kind, std::string what, std::string cause = {}) const {
        return {.kind = kind,
                .what = std::move(what),
                .where = name(),
                .cause = std::move(cause),
                .hint = see_role};
    }

    net::Http& http_;
    Clock& clock_;
    ImdsOptions options_;
};

}  // namespace

bool imds_enabled(const Environment& environment) {
    const std::string disabled = environment.get("AWS_EC2_METADATA_DISABLED").value_or("");
    return disabled != "true" && disabled != "True" && disabled != "TRUE";
}

std::unique_ptr<CredentialSource> imds_source(net::Http& http, Clock& clock, ImdsOptions options) {
    return std::make_unique<ImdsSource>(http, clock, std::move(options));
}

}  // namespace zg::aws
