// Credentials of a container's role, from the endpoint that ECS and EKS give it.
// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
#pragma once

#include <memory>
#include <string>

#include "aws/auth/credentials_source.hpp"
#include "base/environment.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// Whether AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set.
bool container_configured(const Environment& environment);

/// Whether the container's token may be sent to `url`: over https to any host; over http only to
/// this machine and to the addresses of ECS and EKS.
bool container_url_allowed(const std::string& url);

/// References outlive it. A file that holds the token is read with every fetch().
std::unique_ptr<CredentialSource> container_source(const Environment& environment, net::Http& http);

}  // namespace zg::aws
