// HTTP requests over libcurl. Independent of the service: no signing, no retries, no redirects.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/rate_limiter.hpp"

namespace zg::net {

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

/// The value of the first header of that name, in any case; nothing if there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
    std::string method;  ///< "GET"
    std::string url;    ///< "https://host:port/path?query", already percent-encoded; sent unchanged
    Headers headers{};  ///< Content-Length is set from `body`
    Bytes body{};       ///< outlives the call
    /// Receives the body of a 2xx answer, without a copy; outlives the call. A longer body is an
    /// error (damage). Empty: the body is kept in Response::body.
    MutableBytes into{};
    std::size_t max_body =
        std::size_t{1}
        << 20U;  ///< largest body that is kept, bytes; a longer one is an error (damage)
    /// for the whole exchange; none: only the limits in HttpOptions apply
    std::optional<std::chrono::milliseconds> timeout{};
};

struct Response {
    int status = 0;
    Headers headers{};
    Buffer body{};             ///< empty if it was written to Request::into
    std::size_t received = 0;  ///< bytes written to Request::into
    /// Request::into only: the connection broke in the middle of the body; `received` bytes of it
    /// are good.
    std::optional<Error> cut{};
};

struct HttpOptions {
    std::string ca_bundle{};  ///< file of trusted certificates; empty: the system's
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds stall_timeout{60};  ///< without data in either direction
    RateLimiter* upload_limit = nullptr;     ///< shared by all connections; outlives the Http
    RateLimiter* download_limit = nullptr;
    std::string user_agent = "zglacier";
    /// Hosts that are reached without the environment's proxy, separated by commas; empty: those in
    /// no_proxy.
    std::string no_proxy{};
};

/// Sends requests. May be called from any thread; each call takes a connection from a pool and
/// returns it, so that one thread's requests to one host reuse one connection.
class Http {
  public:
    virtual ~Http() = default;
    /// A POST, and a request with If-None-Match, is sent once, over a new connection: if it were
    /// repeated, the first might be charged twice, and the second be refused because of its own
    /// effect. Any other request is repeated if the server had closed a kept connection. An answer
    /// of any status is a Response. Errors: unavailable (timeout, stall, connection refused or cut:
    /// worth a retry), usage (the host name cannot be resolved and nothing has been reached through
    /// this object before, or its certificate is not trusted or is for another name, or the URL is
    /// malformed), damage (body too long). `where` is the URL's scheme, host and port, never its
    /// query.
    virtual Result<Response> send(const Request& request) = 0;
};

std::unique_ptr<Http> open_http(HttpOptions options);

}  // namespace zg::net
