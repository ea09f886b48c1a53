// Credentials of an EC2 instance's role, from the instance metadata service, version 2.
// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service"; botocore's utils.py.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/auth/credentials_source.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

struct ImdsOptions {
    std::string endpoint = "http://169.254.169.254";
    /// If the user has not configured a role for this machine: the error that there are no
    /// credentials, returned until the service has answered once. Without it, a service that does
    /// not answer is unavailable.
    std::optional<Error> none_found{};
};

/// False if AWS_EC2_METADATA_DISABLED is set.
bool imds_enabled(const Environment& environment);

/// References outlive it. One attempt, and at most a second for each of its three requests.
std::unique_ptr<CredentialSource> imds_source(net::Http& http, Clock& clock, ImdsOptions options);

}  // namespace zg::aws
