// Turns Glacier's refusals into errors with hints.
#pragma once

#include <string>

#include "aws/auth/signed_http.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// Parses the answer to a failed call: {"code", "message", "type"}, or the header x-amzn-ErrorType.
Failure read_glacier_failure(const net::Response& response);

/// The error for `failure` of the call that needs the permission `action` ("glacier:InitiateJob")
/// on `where`.
Error glacier_error(const Failure& failure, const std::string& action, std::string where);

}  // namespace zg::aws
