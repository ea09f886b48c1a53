// From S3's refusals to errors that say what to do.
#pragma once

#include <string>

#include "aws/auth/signed_http.hpp"

namespace zg::aws {

/// Reads the answer of a failed call; or of a call that answered 200 and then failed, which has an
/// <Error> for its body.
Failure read_failure(const net::Response& response);

/// The error for `failure` of the call that needs the permission `action` ("s3:PutObject") on
/// `where`.
Error error_of(const Failure& failure, const std::string& action, std::string where);

}  // namespace zg::aws
