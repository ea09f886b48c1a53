#include "aws/s3_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace zg::aws {

namespace {

// Amazon refuses what is more than 15 minutes off; less is no reason for its refusal.
constexpr std::chrono::minutes tolerated_skew{14};

/// A virtual host's name must be one label of the certificate's wildcard.
bool fits_host_name(const std::string& bucket) {
    return std::ranges::all_of(bucket, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool wants_path_style(const BucketConfig& config) {
    switch (config.addressing) {
        case Addressing::path: return true;
        case Addressing::virtual_host: return false;
        case Addressing::automatic: break;
    }
    return !config.endpoint.empty() || !fits_host_name(config.bucket);
}

std::string amazon_endpoint(const std::string& region) {
    return fmt::format("https://s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

/// What a server says becomes part of a host's name.
bool is_region(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::optional<TimePoint> parse_time(const std::string& text, const char* form) {
    tm fields{};
    const char* end = ::strptime(text.c_str(), form, &fields);
    if (end == nullptr) return std::nullopt;
    return TimePoint(std::chrono::seconds(::timegm(&fields)));
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text) { return parse_time(std::string(text), "%a, %d %b %Y %H:%M:%S GMT"); }
std::optional<TimePoint> parse_xml_time(std::string_view text) { return parse_time(std::string(text), "%Y-%m-%dT%H:%M:%S"); }

/// Where a call goes.
struct S3Client::Place {
    std::string base;  // "https://host:port"
    std::string host;
    std::string path;
};

/// With what one request is made. What another thread puts right meanwhile is right for the next one.
struct S3Client::Attempt {
    Credentials credentials;
    std::string region;
    std::chrono::seconds clock_offset;
};

/// What was put right for one call already; each thing is tried once.
struct S3Client::Mended {
    bool region = false;
    bool clock = false;
    bool credentials = false;
};

S3Client::S3Client(BucketConfig config, const S3Context& context)
    : config_(std::move(config)), context_(context), path_style_(wants_path_style(config_)), region_(config_.region) {
    while (config_.endpoint.ends_with('/')) config_.endpoint.pop_back();
}

std::string S3Client::where(const std::string& key) const {
    return key.empty() ? fmt::format("s3://{}", config_.bucket) : fmt::format("s3://{}/{}", config_.bucket, key);
}

std::string S3Client::region() const {
    const std::lock_guard lock(mutex_);
    return region_;
}

S3Client::Place S3Client::place_of(const std::string& region, const std::string& key) const {
    Place place{.base = config_.endpoint.empty() ? amazon_endpoint(region) : config_.endpoint, .host = {}, .path = "/"};
    const std::size_t scheme = place.base.find("://") + 3;
    if (const std::size_t below = place.base.find('/', scheme); below != std::string::npos) {
        // A gateway may serve S3 below a path of its own.
        place.path = place.base.substr(below) + "/";
        place.base.resize(below);
    }
    if (path_style_)
        place.path += config_.bucket + (key.empty() ? "" : "/");
    else
        place.base.insert(scheme, config_.bucket + ".");
    place.path += uri_encode(key, true);
    place.host = place.base.substr(scheme);
    const std::string usual_port = place.base.starts_with("https:") ? ":443" : ":80";
    if (place.host.ends_with(usual_port)) place.host.resize(place.host.size() - usual_port.size());
    return place;
}

Result<net::Response> S3Client::send(const Call& call, const Attempt& attempt) {
    const Place place = place_of(attempt.region, call.key);
    const SigningScope scope{.region = attempt.region, .service = "s3", .time = context_.clock.now() + attempt.clock_offset};
    ToSign to_sign{.method = call.method,
                   .host = place.host,
                   .path = place.path,
                   .query = call.query,
                   .headers = call.headers,
                   .payload_sha256 = call.sha256.value_or(codec::Sha256Digest{}).hex()};
    if (!call.sha256) to_sign.payload_sha256 = codec::sha256(call.body).hex();
    if (config_.requester_pays) to_sign.headers.push_back({"x-amz-request-payer", "requester"});
    if (!config_.expected_owner.empty()) to_sign.headers.push_back({"x-amz-expected-bucket-owner", config_.expected_owner});
    const std::string query = canonical_query(call.query);
    return context_.http.send({.method = call.method,
                               .url = place.base + place.path + (query.empty() ? "" : "?" + query),
                               .headers = sign(to_sign, scope, attempt.credentials),
                               .body = call.body,
                               .into = call.into,
                               .max_body = call.max_body});
}

Result<net::Response> S3Client::call(const Call& call) {
    Mended mended;
    for (;;) {
        ZG_TRY(Credentials credentials, context_.credentials.get());
        const Attempt attempt{.credentials = std::move(credentials), .region = region(), .clock_offset = std::chrono::seconds(clock_offset_)};
        auto response = send(call, attempt);
        if (!response) return response;
        if ((response->status >= 200 && response->status < 300) || response->status == call.also) return response;
        const S3Failure failure = read_failure(*response);
        if (!mend(call, *response, failure, attempt, mended)) return fail(error_of(failure, call.action, where(call.key)));
    }
}

/// Puts right what stands in the call's way; false where there is nothing (more) to be done.
bool S3Client::mend(const Call& call, const net::Response& response, const S3Failure& failure, const Attempt& attempt, Mended& mended) {
    if (!mended.region && mend_region(response, failure, attempt)) return mended.region = true;
    if (!mended.clock && mend_clock(response, failure, attempt)) return mended.clock = true;
    // HEAD's answer has no body, and so no code: 400 is then what an expired token looks like.
    const bool maybe_expired = call.method == "HEAD" && response.status == 400 && !attempt.credentials.session_token.empty();
    if (!mended.credentials && (is_expired(failure) || maybe_expired)) {
        mended.credentials = true;
        context_.credentials.refused(attempt.credentials);
        return true;
    }
    return false;
}

bool S3Client::mend_region(const net::Response& response, const S3Failure& failure, const Attempt& attempt) {
    const bool elsewhere = response.status == 301 || response.status == 302 || response.status == 307 || response.status == 400;
    if (!elsewhere || failure.region == attempt.region || !is_region(failure.region)) return false;
    const std::lock_guard lock(mutex_);
    region_ = failure.region;
    return true;
}

bool S3Client::mend_clock(const net::Response& response, const S3Failure& failure, const Attempt& attempt) {
    const bool said = failure.code == "RequestTimeTooSkewed";
    const bool may_be = response.status == 403 && (said || failure.code.empty());
    const auto date = may_be ? net::find_header(response.headers, "date") : std::nullopt;
    const auto time = date ? parse_http_date(*date) : std::nullopt;
    if (!time) return false;
    const std::chrono::seconds offset = *time - context_.clock.now();
    // Where the clock is right now it was put right, or this process slept, after the request was signed.
    if (std::chrono::abs(offset - attempt.clock_offset) < tolerated_skew) return said;
    if (clock_offset_.exchange(offset.count()) == 0)
        context_.log.warning(fmt::format("this machine's clock is {} minutes {} the store's: set it (timedatectl set-ntp true); going on with the store's time",
                                         std::abs(offset.count()) / 60, offset.count() > 0 ? "behind" : "ahead of"));
    return true;
}

}  // namespace zg::aws
