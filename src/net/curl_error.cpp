#include "net/curl_error.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.hpp"

namespace zg::net {

namespace {

struct Words {
    std::string what;
    std::string hint;
    // the settings are wrong, unless something was reached with them before
    bool settings = false;
    bool always_usage = false;
};

Words words_of_timeout(const CurlFailure& failure) {
    if (!failure.connected)
        return {.what = "the host does not answer: connecting timed out",
                .hint = "check the network and the endpoint"};
    if (failure.overdue) return {.what = "the answer took too long", .hint = {}};
    return {.what = "the connection stalled: no data in either direction", .hint = {}};
}

Words words_of(const CurlFailure& failure) {
    constexpr auto network = "check the network and the endpoint";
    switch (failure.code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return {.what = "the host name cannot be resolved",
                    .hint = "check the endpoint, the region, the bucket's name and the network",
                    .settings = true};
        case CURLE_COULDNT_CONNECT:
            if (failure.os_error == ECONNREFUSED)
                return {.what = "the connection was refused: no server is listening there",
                        .hint = "check that the server is running, and the endpoint and its port"};
            return {.what = "cannot connect", .hint = network};
        case CURLE_OPERATION_TIMEDOUT:
            return words_of_timeout(failure);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return {.what = "the server's certificate is not trusted, or is for another name",
                    .hint =
                        "for a server with a private CA, name the CA file with AWS_CA_BUNDLE; "
                        "check the endpoint's name and this machine's clock; otherwise somebody "
                        "may be intercepting the connection",
                    .always_usage = true};
        case CURLE_SSL_CACERT_BADFILE:
            return {.what = "the file of trusted certificates cannot be read",
                    .hint = "check AWS_CA_BUNDLE and the profile's ca_bundle",
                    .always_usage = true};
        case CURLE_SSL_CONNECT_ERROR:
            return {.what = "cannot set up a TLS connection",
                    .hint = "check that the endpoint supports https; if it does not, write http://",
                    .settings = true};
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            // libcurl treats an answer without a status line as HTTP/0.9, which it does not
            // support.
            if (failure.connected)
                return {.what = "the server does not speak HTTP",
                        .hint = "check the endpoint and its port",
                        .settings = true};
            return {.what = "invalid or unsupported URL",
                    .hint = "write endpoint=https://HOST:PORT",
                    .always_usage = true};
        case CURLE_GOT_NOTHING:
            return {.what = "the server closed the connection without an answer", .hint = {}};
        default:
            return {.what = failure.connected ? "the connection was cut" : "cannot connect",
                    .hint = failure.connected ? "" : network};
    }
}

/// The cause: the system's error, if there is one, since libcurl leaves that out; else libcurl's.
std::string cause_of(const CurlFailure& failure) {
    if (failure.code == CURLE_COULDNT_CONNECT && failure.os_error != 0)
        return std::generic_category().message(failure.os_error);
    return failure.detail.empty() ? curl_easy_strerror(failure.code) : failure.detail;
}

}  // namespace

Error error_of(const CurlFailure& failure) {
    Words words = words_of(failure);
    const bool usage = words.always_usage || (words.settings && !failure.reached);
    return {.kind = usage ? ErrorKind::usage : ErrorKind::unavailable,
            .what = std::move(words.what),
            .where = failure.place,
            .cause = cause_of(failure),
            .hint = std::move(words.hint)};
}

std::string shown_place(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
    const std::size_t at = url.substr(0, end).rfind('@');
    // A name and a password may precede the host.
    return at == std::string::npos || at < host
               ? url.substr(0, end)
               : url.substr(0, host) + url.substr(at + 1, end - at - 1);
}

}  // namespace zg::net
