#include "aws/auth/sts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <expected>
#include <initializer_list>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_text.hpp"
#include "aws/auth/service_settings.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr std::chrono::milliseconds time_limit{30'000};
constexpr const char* api_version = "2011-06-15";
constexpr const char* global_region = "us-east-1";
constexpr const char* see_endpoint =
    "check that AWS_ENDPOINT_URL_STS or endpoint_url is the URL of a server with AssumeRole";
constexpr const char* form = "application/x-www-form-urlencoded; charset=utf-8";

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, value) != words.end();
}

struct UrlParts {
    std::string host;  // with the port, if it is not the scheme's default
    std::string path;
};

/// As the HTTP client will send them, since both are signed.
UrlParts split_url(const std::string& url) {
    const std::string_view scheme = std::string_view(url).substr(0, url.find("://"));
    const std::string_view rest = std::string_view(url).substr(scheme.size() + 3);
    std::string_view host = rest.substr(0, rest.find('/'));
    const std::string path(rest.substr(host.size()));
    const std::string_view own_port = scheme == "https" ? ":443" : ":80";
    if (host.ends_with(own_port)) host.remove_suffix(own_port.size());
    return {std::string(host), path.empty() ? "/" : path};
}

Query parameters(const char* action, const RoleRequest& role) {
    Query query{{"Action", action},
                {"Version", api_version},
                {"RoleArn", role.role_arn},
                {"RoleSessionName", role.session_name}};
    if (!role.duration_seconds.empty())
        query.emplace_back("DurationSeconds", role.duration_seconds);
    return query;
}

bool is_transient(int status, std::string_view code) {
    return status >= 500 || status == 429 || status == 408 || code.starts_with("Throttl") ||
           is_one_of(code, {"RequestLimitExceeded", "TooManyRequestsException",
                            "IDPCommunicationError", "InternalFailure", "ServiceUnavailable"});
}

bool is_wrong_request(std::string_view code) {
    return is_one_of(code, {"ValidationError", "ValidationException", "InvalidParameterValue",
                            "InvalidParameterCombination", "MissingParameter", "InvalidAction",
                            "MalformedPolicyDocument", "RegionDisabledException"});
}

bool is_dead_caller(std::string_view code) {
    return is_one_of(code, {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
                            "UnrecognizedClientException", "TokenRefreshRequired"});
}

std::string hint_for(std::string_view code, ErrorKind kind) {
    if (code == "AccessDenied" || code == "AccessDeniedException")
        return "the caller needs the permission sts:AssumeRole for this role, and the role's trust "
               "policy must name the caller (and external_id, "
               "if it requires one)";
    if (code == "SignatureDoesNotMatch" || code == "RequestExpired")
        return "check the secret access key and the machine's clock";
    if (code == "InvalidIdentityToken" || code == "IDPRejectedClaim")
        return "check that the role trusts the identity provider and that the token is for it";
    if (code == "RegionDisabledException")
        return "activate STS for this region in the account's settings, or set "
               "AWS_ENDPOINT_URL_STS=https://sts.amazonaws.com";
    if (is_dead_caller(code))
        return "get a new key or token: the one that assumes the role is not valid, or not any "
               "more";
    if (kind == ErrorKind::unavailable) return "try again later";
    if (code.empty()) return see_endpoint;
    return kind == ErrorKind::usage ? "check role_arn, role_session_name, external_id and "
                                      "duration_seconds of the profile"
                                    : "check the role's name, and who may assume it";
}

}  // namespace

/// A request, and its secrets, which must not be shown in errors.
struct Sts::Call {
    const char* action;
    std::string body;
    net::Headers headers;
    std::vector<const Secret*> secrets;
};

Result<StsEndpoint> sts_endpoint(const Environment& environment, const std::string& profile,
                                 const std::string& region) {
    ZG_TRY(const ServiceSettings settings, load_settings(environment, profile, "sts"));
    const std::string& url = settings.endpoint_url;
    const auto wrong = [](std::string what, std::string hint) {
        return fail({.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)});
    };
    if (!url.empty()) {
        const bool good = url.starts_with("https://") || url.starts_with("http://");
        if (!good)
            return wrong("the endpoint for STS is not a URL",
                         "write AWS_ENDPOINT_URL_STS or endpoint_url as https://HOST:PORT");
        return StsEndpoint{.url = url, .region = region.empty() ? global_region : region};
    }
    if (region.empty())
        return StsEndpoint{.url = "https://sts.amazonaws.com", .region = global_region};
    // The region becomes a part of the host that gets the signed request.
    if (region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
        return wrong(fmt::format("\"{}\" is not an AWS region, so it has no STS", region),
                     "for a server that is not Amazon's, set AWS_ENDPOINT_URL_STS to its URL");
    const char* domain = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return StsEndpoint{.url = fmt::format("https://sts.{}.{}", region, domain), .region = region};
}

Sts::Sts(net::Http& http, Clock& clock, StsEndpoint endpoint, std::string name)
    : http_(http), clock_(clock), endpoint_(std::move(endpoint)), name_(std::move(name)) {}

StsResult Sts::assume_role(const RoleRequest& role, const Credentials& caller) {
    Query query = parameters("AssumeRole", role);
    if (!role.external_id.empty()) query.emplace_back("ExternalId", role.external_id);
    Call call{.action = "AssumeRole",
              .body = canonical_query(query),
              .headers = {},
              .secrets = {&caller.secret_access_key, &caller.session_token}};
    const UrlParts parts = split_url(endpoint_.url);
    const ToSign to_sign{.method = "POST",
                         .host = parts.host,
                         .path = parts.path,
                         .headers = {{"Content-Type", form}},
                         .payload_sha256 = codec::sha256(as_bytes(call.body)).hex()};
    const SigningScope scope{.region = endpoint_.region,
                             .service = "sts",
                             .time = clock_.now(),
                             .encode_path_twice = true};
    call.headers = sign(to_sign, scope, caller);
    return send(call);
}

StsResult Sts::assume_role_with_web_identity(const RoleRequest& role, const Secret& token) {
    Query query = parameters("AssumeRoleWithWebIdentity", role);
    query.emplace_back("WebIdentityToken", token.reveal());
    return send({.action = "AssumeRoleWithWebIdentity",
                 .body = canonical_query(query),
                 .headers = {{"Content-Type", form}},
                 .secrets = {&token}});
}

StsResult Sts::send(const Call& call) {
    const std::string path = split_url(endpoint_.url).path == "/" ? "/" : "";
    const auto response = http_.send({.method = "POST",
                                      .url = endpoint_.url + path,
                                      .headers = call.headers,
                                      .body = as_bytes(call.body),
                                      .timeout = time_limit});
    if (!response)
        return std::unexpected(
            StsError{.error = with_hint(response.error(),
                                        "check the region, or set AWS_ENDPOINT_URL_STS, and check "
                                        "that this machine can reach it")});
    return response->status == 200 ? read_answer(call, *response)
                                   : StsResult(std::unexpected(refusal(call, *response)));
}

StsResult Sts::read_answer(const Call& call, const net::Response& response) const {
    pugi::xml_document document;
    document.load_buffer(response.body.data(), response.body.size());
    const pugi::xml_node node = document.document_element()
                                    .child((std::string(call.action) + "Result").c_str())
                                    .child("Credentials");
    const auto expires = parse_expiration(node.child_value("Expiration"));
    Credentials credentials{.access_key_id = node.child_value("AccessKeyId"),
                            .secret_access_key = Secret(node.child_value("SecretAccessKey")),
                            .session_token = Secret(node.child_value("SessionToken")),
                            .expires = expires};
    if (!credentials.access_key_id.empty() && !credentials.secret_access_key.empty() &&
        !credentials.session_token.empty() && expires)
        return credentials;
    return std::unexpected(StsError{
        .error = {.kind = ErrorKind::usage,
                  .what = fmt::format("the answer of {} is not that of STS", endpoint_.url),
                  .where = name_,
                  .hint = see_endpoint}});
}

StsError Sts::refusal(const Call& call, const net::Response& response) const {
    pugi::xml_document document;
    document.load_buffer(response.body.data(), response.body.size());
    const pugi::xml_node node = document.document_element().child("Error");
    const std::string code = node.child_value("Code");
    ErrorKind kind = ErrorKind::refused;
    if (is_transient(response.status, code))
        kind = ErrorKind::unavailable;
    else if (is_wrong_request(code) || code.empty())
        kind = ErrorKind::usage;
    const std::string said = code.empty()
                                 ? fmt::format("HTTP {}", response.status)
                                 : fmt::format("{}: {}", code, node.child_value("Message"));
    return {.error = {.kind = kind,
                      .what = fmt::format("{} refuses credentials for the role", endpoint_.url),
                      .where = name_,
                      // The answer to a refused signature holds the text that was signed, including
                      // the token.
                      .cause = safe_text(said, call.secrets),
                      .hint = hint_for(code, kind)},
            .caller_refused = is_dead_caller(code)};
}

}  // namespace zg::aws
