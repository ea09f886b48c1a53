#include "aws/auth/signed_http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

// Amazon refuses requests that are more than 15 minutes off; less is not the reason for a refusal.
constexpr std::chrono::minutes tolerated_skew{14};

std::optional<TimePoint> parse_time(const std::string& text, const char* form) {
    tm fields{};
    const char* end = ::strptime(text.c_str(), form, &fields);
    if (end == nullptr) return std::nullopt;
    return TimePoint(std::chrono::seconds(::timegm(&fields)));
}

/// S3 has a special code for it; other services report that the signature has expired, or is not
/// valid yet.
bool says_wrong_time(const Failure& failure) {
    if (failure.code == "RequestTimeTooSkewed" || failure.code == "RequestExpired") return true;
    const bool signature =
        failure.code == "InvalidSignatureException" || failure.code == "SignatureDoesNotMatch";
    return signature && (failure.message.find("Signature expired") != std::string::npos ||
                         failure.message.find("Signature not yet current") != std::string::npos);
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text) {
    return parse_time(std::string(text), "%a, %d %b %Y %H:%M:%S GMT");
}
std::optional<TimePoint> parse_iso_time(std::string_view text) {
    return parse_time(std::string(text), "%Y-%m-%dT%H:%M:%S");
}

bool is_region(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string amazon_endpoint(const std::string& service, const std::string& region) {
    return fmt::format("https://{}.{}.amazonaws.com{}", service, region,
                       region.starts_with("cn-") ? ".cn" : "");
}

Endpoint parse_endpoint(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    Endpoint endpoint{.base = std::move(url), .host = {}, .path = {}};
    const std::size_t scheme = endpoint.base.find("://") + 3;
    if (const std::size_t below = endpoint.base.find('/', scheme); below != std::string::npos) {
        endpoint.path = endpoint.base.substr(below);
        endpoint.base.resize(below);
    }
    endpoint.host = endpoint.base.substr(scheme);
    const std::string usual_port = endpoint.base.starts_with("https:") ? ":443" : ":80";
    if (endpoint.host.ends_with(usual_port))
        endpoint.host.resize(endpoint.host.size() - usual_port.size());
    return endpoint;
}

bool is_expired(const Failure& failure) {
    return failure.code == "ExpiredToken" || failure.code == "ExpiredTokenException" ||
           failure.code == "TokenRefreshRequired";
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 400;
    std::string result(text.substr(0, longest));
    std::ranges::replace_if(result, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    return result;
}

Error error_of(const Failure& failure, const KnownFailure& known, const std::string& action,
               std::string where) {
    std::string cause = failure.code.empty() ? fmt::format("HTTP status {}", failure.status)
                                             : fmt::format("{}: {}", failure.code, failure.message);
    if (!failure.request_id.empty()) cause += fmt::format(" (request {})", failure.request_id);
    return {.kind = known.kind,
            .what = std::string(known.what),
            .where = std::move(where),
            .cause = std::move(cause),
            .hint = fmt::format(fmt::runtime(known.hint), action)};
}

/// The values that one request was made with. Another thread may correct them for the next request.
struct SignedHttp::Attempt {
    Credentials credentials;
    std::chrono::seconds clock_offset;
};

Result<net::Response> SignedHttp::send_once(const Request& request, const Attempt& attempt) {
    const std::string path = request.endpoint.path + request.path;
    const SigningScope scope{.region = request.region,
                             .service = service_,
                             .time = context_.clock.now() + attempt.clock_offset,
                             .encode_path_twice = service_ != "s3"};
    const ToSign to_sign{
        .method = request.method,
        .host = request.endpoint.host,
        .path = path,
        .query = request.query,
        .headers = request.headers,
        .payload_sha256 = (request.sha256 ? *request.sha256 : codec::sha256(request.body)).hex()};
    const std::string query = canonical_query(request.query);
    return context_.http.send(
        {.method = request.method,
         .url = request.endpoint.base + path + (query.empty() ? "" : "?" + query),
         .headers = sign(to_sign, scope, attempt.credentials),
         .body = request.body,
         .into = request.into,
         .max_body = request.max_body});
}

Result<SignedHttp::Answer> SignedHttp::send(const Request& request) {
    bool clock_mended = false;
    bool credentials_mended = false;
    for (;;) {
        ZG_TRY(Credentials credentials, context_.credentials.get());
        const Attempt attempt{.credentials = std::move(credentials),
                              .clock_offset = std::chrono::seconds(clock_offset_)};
        ZG_TRY(net::Response response, send_once(request, attempt));
        const bool success = response.status >= 200 && response.status < 300;
        if (success || response.status == request.also)
            return Answer{.response = std::move(response)};
        Failure failure = read_(response);
        if (!clock_mended && correct_clock(response, failure, attempt)) {
            clock_mended = true;
            continue;
        }
        // The answer to HEAD has no body, and so no code: a 400 then means an expired token, unless
        // it names another region.
        const bool maybe_expired = request.method == "HEAD" && response.status == 400 &&
                                   failure.region.empty() &&
                                   !attempt.credentials.session_token.empty();
        if (!credentials_mended && (is_expired(failure) || maybe_expired)) {
            credentials_mended = true;
            context_.credentials.refused(attempt.credentials);
            continue;
        }
        return Answer{.response = std::move(response), .failure = std::move(failure)};
    }
}

bool SignedHttp::correct_clock(const net::Response& response, const Failure& failure,
                               const Attempt& attempt) {
    const bool said = says_wrong_time(failure);
    const bool may_be = said || (response.status == 403 && failure.code.empty());
    const auto date = may_be ? net::find_header(response.headers, "date") : std::nullopt;
    const auto time = date ? parse_http_date(*date) : std::nullopt;
    if (!time) return false;
    const std::chrono::seconds offset = *time - context_.clock.now();
    // If the clock is right now, it was corrected, or this process slept or sent for a long time,
    // after the request was signed.
    if (std::chrono::abs(offset - attempt.clock_offset) < tolerated_skew) return said;
    if (clock_offset_.exchange(offset.count()) == 0)
        context_.log.warning(
            fmt::format("this machine's clock is {} minutes {} the store's: set it (timedatectl "
                        "set-ntp true); continuing with the store's time",
                        std::abs(offset.count()) / 60, offset.count() > 0 ? "behind" : "ahead of"));
    return true;
}

}  // namespace zg::aws
