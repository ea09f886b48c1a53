// Signature Version 4. Source: AWS General Reference, "Create a signed AWS API request"; S3 API
// Reference, "Authenticating Requests".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/clock.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// Percent-encodes all but A-Z a-z 0-9 - . _ ~ (RFC 3986's unreserved); '/' too, unless
/// `keep_slash`.
std::string uri_encode(std::string_view text, bool keep_slash = false);

/// Query parameters, not encoded, in any order; a parameter without a value has an empty one.
using Query = std::vector<std::pair<std::string, std::string>>;

/// "a=b&uploads=": encoded and sorted, as it is signed and sent; empty if there are none.
std::string canonical_query(const Query& query);

struct SigningScope {
    std::string region;
    std::string service;  ///< "s3"
    TimePoint time{};
    bool encode_path_twice = false;  ///< every service but S3
};

/// What is signed.
struct ToSign {
    std::string method;
    std::string host;  ///< with the port if it is not the scheme's default
    std::string path;  ///< percent-encoded, begins with '/'
    Query query{};
    net::Headers headers{};      ///< except host and x-amz-*, which sign() adds
    std::string payload_sha256;  ///< 64 hexadecimal digits
};

/// The headers to send: those of `request` plus x-amz-date, x-amz-content-sha256 (required by S3
/// and Glacier), x-amz-security-token for a session, and Authorization. `Host` is not among them;
/// it is signed as `request.host`.
net::Headers sign(const ToSign& request, const SigningScope& scope, const Credentials& credentials);

/// The two texts that a signature is made of, for tests against published cases.
std::string canonical_request(const ToSign& request, const net::Headers& signed_headers,
                              bool encode_path_twice);
std::string string_to_sign(std::string_view canonical, const SigningScope& scope);

}  // namespace zg::aws
