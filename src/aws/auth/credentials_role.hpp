// Credentials of a role, assumed with other credentials or with a token of another identity
// provider.
#pragma once

#include <memory>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/sts.hpp"

namespace zg::aws {

/// `caller` provides the credentials that assume the role; if STS refuses them as expired, they are
/// renewed once.
std::unique_ptr<CredentialSource> role_source(RoleRequest role,
                                              std::unique_ptr<CredentialProvider> caller, Sts sts,
                                              std::string name);

/// The token is read from `token_file` with every fetch(), since the file is renewed by others.
std::unique_ptr<CredentialSource> web_identity_source(RoleRequest role, std::string token_file,
                                                      Sts sts, std::string name);

}  // namespace zg::aws
