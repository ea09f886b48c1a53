#include "net/curl_error.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace zg::net {

namespace {

struct Words {
    std::string what;
    std::string hint;
    // it is the settings that are wrong, unless something was reached with them already
    bool settings = false;
    bool always_usage = false;
};

Words words_of_timeout(const CurlFailure& failure) {
    if (!failure.connected)
        return {.what = "the host does not answer: connecting timed out",
                .hint = "is the network up, is this the right endpoint?"};
    if (failure.overdue) return {.what = "the answer took too long", .hint = {}};
    return {.what = "the connection stalled: no byte went in either direction", .hint = {}};
}

Words words_of(const CurlFailure& failure) {
    constexpr auto network = "is the network up, is this the right endpoint?";
    switch (failure.code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return {
                .what = "the host's name does not resolve",
                .hint =
                    "look at the endpoint, the region and the bucket's name; is the network up?",
                .settings = true};
        case CURLE_COULDNT_CONNECT:
            if (failure.os_error == ECONNREFUSED)
                return {.what = "the connection was refused: nothing listens there",
                        .hint = "is the server running, is this the right endpoint and port?"};
            return {.what = "cannot connect", .hint = network};
        case CURLE_OPERATION_TIMEDOUT:
            return words_of_timeout(failure);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return {.what = "the server's certificate is not trusted, or is for another name",
                    .hint =
                        "for a server with a certificate of its own name its CA file with "
                        "AWS_CA_BUNDLE; look at the endpoint's name and at this machine's "
                        "clock; else somebody may be listening in between",
                    .always_usage = true};
        case CURLE_SSL_CACERT_BADFILE:
            return {.what = "the file of trusted certificates cannot be read",
                    .hint = "look at AWS_CA_BUNDLE and the profile's ca_bundle",
                    .always_usage = true};
        case CURLE_SSL_CONNECT_ERROR:
            return {.what = "cannot set up a TLS connection",
                    .hint = "does this endpoint speak https at all? Else write http://",
                    .settings = true};
        case CURLE_URL_MALFORMAT:
            return {.what = "this is no URL that can be reached",
                    .hint = "write endpoint=https://HOST:PORT",
                    .always_usage = true};
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            // libcurl takes an answer without a status line for HTTP/0.9, which it does not speak.
            if (failure.connected)
                return {.what = "what answers there does not speak HTTP",
                        .hint = "is this the right endpoint and port?",
                        .settings = true};
            return {.what = "this is no URL that can be reached",
                    .hint = "write endpoint=https://HOST:PORT",
                    .always_usage = true};
        case CURLE_GOT_NOTHING:
            return {.what = "the server closed the connection without an answer", .hint = {}};
        default:
            return {.what = failure.connected ? "the connection was cut" : "cannot connect",
                    .hint = failure.connected ? "" : network};
    }
}

/// What the layer below says: the system where it said something, for libcurl leaves that out.
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
    // A name and a password may stand before the host.
    return at == std::string::npos || at < host
               ? url.substr(0, end)
               : url.substr(0, host) + url.substr(at + 1, end - at - 1);
}

}  // namespace zg::net
