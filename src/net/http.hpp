// HTTP requests over libcurl. Knows nothing of who answers: no signing, no retries, no redirects.
#pragma once

#include <chrono>
#include <cstdint>
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

/// The value of the first header of that name, whatever its case; nothing where there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
    std::string method;  ///< "GET"
    std::string url;     ///< "https://host:port/path?query", percent-encoded already; sent as it is
    Headers headers{};   ///< Content-Length is set from `body`
    Bytes body{};        ///< outlives the call
    /// Where the body of a 2xx answer goes, without a copy; it outlives the call. A body that is
    /// longer is an error (damage). Empty: the body is kept in Response::body.
    MutableBytes into{};
    std::size_t max_body =
        std::size_t{1}
        << 20U;  ///< largest body that is kept, bytes; a longer one is an error (damage)
    /// for the whole exchange; none: only HttpOptions' limits hold
    std::optional<std::chrono::milliseconds> timeout{};
};

struct Response {
    int status = 0;
    Headers headers{};
    Buffer body{};             ///< empty where it went to Request::into
    std::size_t received = 0;  ///< bytes written to Request::into
    /// Request::into only: the connection broke in the middle of the body; `received` bytes of it
    /// are good.
    std::optional<Error> cut{};
};

struct HttpOptions {
    std::string ca_bundle{};  ///< file of trusted certificates; empty: the system's
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds stall_timeout{60};  ///< without a byte in either direction
    RateLimiter* upload_limit = nullptr;     ///< shared by all connections; outlives the Http
    RateLimiter* download_limit = nullptr;
    std::string user_agent = "zglacier";
    /// Hosts that are reached without the environment's proxy, divided by commas; empty: those that
    /// no_proxy names.
    std::string no_proxy{};
};

/// Sends requests. Called from any thread; each call takes a connection of its own out of a pool
/// and gives it back, so that one thread's requests to one host reuse one connection.
class Http {
  public:
    virtual ~Http() = default;
    /// A POST, and what is sent with If-None-Match, goes out once, over a new connection: carried
    /// out twice, the one may cost twice, and the other is refused for what it did itself. Any
    /// other request goes out again where the server had given up a connection that was kept. An
    /// answer of any status is a Response. Errors: unavailable (timeout, stall, connection refused
    /// or cut: worth a retry), usage (the host's name does not resolve and nothing has been reached
    /// through this object before, or its certificate is not trusted or is for another name, or the
    /// URL is malformed), damage (body too long). `where` is the URL's scheme, host and port, never
    /// its query.
    virtual Result<Response> send(const Request& request) = 0;
};

std::unique_ptr<Http> open_http(HttpOptions options);

}  // namespace zg::net
