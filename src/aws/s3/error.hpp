// Turns S3's refusals into errors with hints.
#pragma once

#include <string>

#include "aws/auth/signed_http.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// Parses the answer to a failed call, or to a call that answered 200 and then failed, whose body
/// is an <Error>.
Failure read_failure(const net::Response& response);

/// The error for `failure` of the call that needs the permission `action` ("s3:PutObject") on
/// `where`.
Error error_of(const Failure& failure, const std::string& action, std::string where);

}  // namespace zg::aws
