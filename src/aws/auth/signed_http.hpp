// Signs and sends requests to one of Amazon's services, with the right time and valid credentials,
// and retries them after a transient failure.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/retries.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// What a client of a service works with. References outlive it.
struct ClientContext {
    net::Http& http;
    CredentialProvider& credentials;
    Clock& clock;
    Log& log;
    Random& random;
    RetryPolicy retry{};  ///< of each request
};

/// A service's refusal. `code` is the service's ("NoSuchKey"), or empty if the answer had no body
/// (HEAD) or an unknown one.
struct Failure {
    int status = 0;
    std::string code{};
    std::string message{};
    std::string region{};  ///< S3: the bucket's region, if that is the reason
    std::string request_id{};
};

/// Whether the code means that the call's credentials have expired.
bool is_expired(const Failure& failure);

/// The address of a service.
struct Endpoint {
    std::string base;  ///< "https://host:port"
    std::string host;  ///< as it is signed: without the scheme's default port
    std::string path;  ///< "" or "/below": a gateway may serve below a path
};
/// Parses "https://host:port/below/".
Endpoint parse_endpoint(std::string url);

/// "https://SERVICE.REGION.amazonaws.com", for any existing or future region.
std::string amazon_endpoint(const std::string& service, const std::string& region);

/// Whether `text` can be a region's name, which becomes part of a host name.
bool is_region(std::string_view text);

/// May be called from any thread.
class SignedHttp {
  public:
    struct Request {
        std::string method;
        Endpoint endpoint;
        std::string region;
        std::string path;  ///< percent-encoded, after the endpoint's own
        Query query{};
        net::Headers headers{};
        Bytes body{};
        std::optional<codec::Sha256Digest> sha256{};  ///< of the body, if it is known already
        MutableBytes into{};
        int also = 0;  ///< a status other than 2xx that is an answer, not a failure
        std::size_t max_body = std::size_t{8} << 20U;
    };
    struct Answer {
        net::Response response;
        std::optional<Failure> failure{};
    };

    /// `read` parses an answer that is not a success.
    SignedHttp(std::string service, const ClientContext& context,
               std::function<Failure(const net::Response&)> read)
        : service_(std::move(service)), context_(context), read_(std::move(read)) {}

    /// Sends the request, and once more each if the clock was off (which is logged) or the
    /// credentials had expired. Errors: those of net::Http and of the credentials; a refusal by the
    /// service is an Answer.
    Result<Answer> send(const Request& request);

    /// The only place where requests are retried. `attempt` sends a request and reads the answer
    /// (Result<T>()); it is repeated until it succeeds, fails with another kind than unavailable,
    /// or the policy's time is over. Each retry is logged as a warning. An attempt whose answer was
    /// lost may have taken effect: the caller must know what a repetition of its request does.
    template <class Attempt>
    auto retrying(const Attempt& attempt) -> decltype(attempt()) {
        Retries retries(context_.retry, context_.clock, context_.random, context_.log);
        for (;;) {
            auto result = attempt();
            if (result || !retries.again(result.error())) return result;
        }
    }
    [[nodiscard]] Clock& clock() const { return context_.clock; }

  private:
    struct Attempt;
    Result<net::Response> send_once(const Request& request, const Attempt& attempt);
    bool correct_clock(const net::Response& response, const Failure& failure,
                       const Attempt& attempt);

    std::string service_;
    ClientContext context_;
    std::function<Failure(const net::Response&)> read_;
    // how far this machine's clock is behind the server's, seconds
    std::atomic<std::int64_t> clock_offset_ = 0;
};

/// The time of an HTTP date ("Mon, 23 Nov 2026 06:38:04 GMT"); nothing for any other form.
std::optional<TimePoint> parse_http_date(std::string_view text);
/// The time of an XML or JSON timestamp ("2026-11-23T06:38:04.000Z"); nothing for any other form.
std::optional<TimePoint> parse_iso_time(std::string_view text);

/// A server's text, made safe for terminals and logs: at most 400 characters, no control
/// characters.
std::string shown(std::string_view text);

/// The error for a service's code.
struct KnownFailure {
    std::string_view code;
    ErrorKind kind;
    std::string_view what;
    std::string_view hint;  ///< {0}: the permission
};
/// The error for `known`, of a call that needs the permission `action` on `where`.
Error error_of(const Failure& failure, const KnownFailure& known, const std::string& action,
               std::string where);

}  // namespace zg::aws
