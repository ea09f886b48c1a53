// Makes a call to a bucket: finds its URL and region, and explains refusals.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "aws/s3/s3.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// One call.
struct Call {
    std::string method;
    std::string action;  ///< the permission it needs, for the hint if it is refused
    std::string key{};   ///< empty: of the bucket itself
    Query query{};
    net::Headers headers{};
    Bytes body{};
    std::optional<codec::Sha256Digest> sha256{};  ///< of the body, if it is known already
    MutableBytes into{};
    int also = 0;  ///< a status other than 2xx that is an answer, not an error
    std::size_t max_body = std::size_t{8} << 20U;
};

/// May be called from any thread.
class S3Client {
  public:
    S3Client(BucketConfig config, const ClientContext& context);

    [[nodiscard]] const BucketConfig& config() const { return config_; }
    /// An answer with a status of 2xx, or of `call.also`; every other one is an error. Repeated
    /// after a transient failure.
    Result<net::Response> call(const Call& call) {
        return this->call(call,
                          [](net::Response response) -> Result<net::Response> { return response; });
    }
    /// The same, and the result of `read` (Result<T>(net::Response)) for the answer; if that is
    /// unavailable, the call is retried, too.
    template <class Read>
    auto call(const Call& call, const Read& read) -> decltype(read(net::Response{})) {
        return http_.retrying([&]() -> decltype(read(net::Response{})) {
            ZG_TRY(net::Response response, call_once(call));
            return read(std::move(response));
        });
    }
    /// Without retries.
    Result<net::Response> call_once(const Call& call);
    /// SignedHttp::retrying()
    template <class Attempt>
    auto retrying(const Attempt& attempt) -> decltype(attempt()) {
        return http_.retrying(attempt);
    }
    /// "s3://bucket/key", for errors.
    [[nodiscard]] std::string where(const std::string& key) const;
    [[nodiscard]] Clock& clock() const { return http_.clock(); }

  private:
    [[nodiscard]] SignedHttp::Request request_of(const Call& call, const std::string& region) const;
    bool follow_region(const net::Response& response, const Failure& failure,
                       const std::string& used_region);
    [[nodiscard]] std::string region() const;

    BucketConfig config_;
    SignedHttp http_;
    bool path_style_;
    mutable std::mutex mutex_;
    std::string region_;  // the bucket's region, as found out
};

}  // namespace zg::aws
