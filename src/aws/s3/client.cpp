#include "aws/s3/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "aws/s3/error.hpp"
#include "aws/s3/s3.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

/// In a virtual host's name, the bucket must be one label, for the certificate's wildcard.
bool fits_host_name(const std::string& bucket) {
    return std::ranges::all_of(bucket, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool wants_path_style(const BucketConfig& config) {
    switch (config.addressing) {
        case Addressing::path:
            return true;
        case Addressing::virtual_host:
            return false;
        case Addressing::automatic:
            break;
    }
    return !config.endpoint.empty() || !fits_host_name(config.bucket);
}

}  // namespace

S3Client::S3Client(BucketConfig config, const ClientContext& context)
    : config_(std::move(config)),
      http_("s3", context, read_failure),
      path_style_(wants_path_style(config_)),
      region_(config_.region) {}

std::string S3Client::where(const std::string& key) const {
    return key.empty() ? fmt::format("s3://{}", config_.bucket)
                       : fmt::format("s3://{}/{}", config_.bucket, key);
}

std::string S3Client::region() const {
    const std::lock_guard lock(mutex_);
    return region_;
}

SignedHttp::Request S3Client::request_of(const Call& call, const std::string& region) const {
    std::string url = config_.endpoint.empty() ? amazon_endpoint("s3", region) : config_.endpoint;
    if (!path_style_) url.insert(url.find("://") + 3, config_.bucket + ".");
    SignedHttp::Request request{.method = call.method,
                                .endpoint = parse_endpoint(std::move(url)),
                                .region = region,
                                .path = "/",
                                .query = call.query,
                                .headers = call.headers,
                                .body = call.body,
                                .sha256 = call.sha256,
                                .into = call.into,
                                .also = call.also,
                                .max_body = call.max_body};
    if (path_style_) request.path += config_.bucket + (call.key.empty() ? "" : "/");
    request.path += uri_encode(call.key, true);
    if (config_.requester_pays) request.headers.push_back({"x-amz-request-payer", "requester"});
    if (!config_.expected_owner.empty())
        request.headers.push_back({"x-amz-expected-bucket-owner", config_.expected_owner});
    return request;
}

Result<net::Response> S3Client::call_once(const Call& call) {
    for (bool followed = false;; followed = true) {
        const std::string used_region = region();
        ZG_TRY(SignedHttp::Answer answer, http_.send(request_of(call, used_region)));
        if (!answer.failure) return std::move(answer.response);
        if (followed || !follow_region(answer.response, *answer.failure, used_region))
            return fail(error_of(*answer.failure, call.action, where(call.key)));
    }
}

bool S3Client::follow_region(const net::Response& response, const Failure& failure,
                             const std::string& used_region) {
    const bool elsewhere = response.status == 301 || response.status == 302 ||
                           response.status == 307 || response.status == 400;
    if (!elsewhere || failure.region == used_region || !is_region(failure.region)) return false;
    const std::lock_guard lock(mutex_);
    region_ = failure.region;
    return true;
}

}  // namespace zg::aws
