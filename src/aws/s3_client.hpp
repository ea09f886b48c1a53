// Signs and sends one call to a bucket, and does what it takes to reach the right region with the right time and valid credentials.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "aws/s3.hpp"
#include "aws/s3_error.hpp"

namespace zg::aws {

/// One call.
struct Call {
    std::string method;
    std::string action;  ///< the permission it needs, for the hint where it is refused
    std::string key{};   ///< empty: of the bucket itself
    Query query{};
    net::Headers headers{};
    Bytes body{};
    std::optional<codec::Sha256Digest> sha256{};  ///< of the body, where it is known already
    MutableBytes into{};
    int also = 0;  ///< a status beside 2xx that is an answer, no error
    std::size_t max_body = std::size_t{8} << 20U;
};

/// Called from any thread.
class S3Client {
  public:
    S3Client(BucketConfig config, const S3Context& context);

    [[nodiscard]] const BucketConfig& config() const { return config_; }
    /// An answer with a status of 2xx, or of `call.also`; every other one is an error.
    Result<net::Response> call(const Call& call);
    /// "s3://bucket/key", for errors.
    [[nodiscard]] std::string where(const std::string& key) const;
    [[nodiscard]] Clock& clock() const { return context_.clock; }

  private:
    struct Place;
    struct Attempt;
    struct Mended;
    [[nodiscard]] Place place_of(const std::string& region, const std::string& key) const;
    Result<net::Response> send(const Call& call, const Attempt& attempt);
    bool mend(const Call& call, const net::Response& response, const S3Failure& failure, const Attempt& attempt, Mended& mended);
    bool mend_region(const net::Response& response, const S3Failure& failure, const Attempt& attempt);
    bool mend_clock(const net::Response& response, const S3Failure& failure, const Attempt& attempt);
    [[nodiscard]] std::string region() const;

    BucketConfig config_;
    S3Context context_;
    bool path_style_;
    mutable std::mutex mutex_;
    std::string region_;                          // where the bucket turned out to be
    std::atomic<std::int64_t> clock_offset_ = 0;  // seconds by which this machine's clock is behind the server's
};

/// The time of an HTTP date ("Mon, 23 Nov 2026 06:38:04 GMT"); nothing for any other form.
std::optional<TimePoint> parse_http_date(std::string_view text);
/// The time of an XML timestamp ("2026-11-23T06:38:04.000Z"); nothing for any other form.
std::optional<TimePoint> parse_xml_time(std::string_view text);

}  // namespace zg::aws
