// From S3's refusals to errors that say what to do.
#pragma once

#include <string>

#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// What S3 said. `code` is S3's own ("NoSuchKey"), or empty where the answer had no body (HEAD) or one that is not S3's.
struct S3Failure {
    int status = 0;
    std::string code{};
    std::string message{};
    std::string region{};  ///< where the bucket is, when that is why
    std::string request_id{};
};

/// Reads the answer of a failed call; or of a call that answered 200 and then failed, which has an <Error> for its body.
S3Failure read_failure(const net::Response& response);

/// The error for `failure` of the call that needs the permission `action` ("s3:PutObject") on `where`.
Error error_of(const S3Failure& failure, const std::string& action, std::string where);

/// The credentials of the call have expired.
bool is_expired(const S3Failure& failure);

}  // namespace zg::aws
