// From Glacier's refusals to errors that say what to do.
#pragma once

#include "aws/auth/signed_http.hpp"

namespace zg::aws {

/// Reads the answer of a failed call: {"code", "message", "type"}, or the header x-amzn-ErrorType.
Failure read_glacier_failure(const net::Response& response);

/// The error for `failure` of the call that needs the permission `action` ("glacier:InitiateJob")
/// on `where`.
Error glacier_error(const Failure& failure, const std::string& action, std::string where);

}  // namespace zg::aws
