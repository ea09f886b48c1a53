// Credentials of a role that is taken on with other credentials, or with a token of another
// identity provider.
#pragma once

#include <memory>
#include <string>

#include "aws/auth/credentials_source.hpp"
#include "aws/auth/sts.hpp"

namespace zg::aws {

/// `caller` gives the credentials that ask for the role; where STS says that they have expired they
/// are fetched anew, once.
std::unique_ptr<CredentialSource> role_source(RoleRequest role,
                                              std::unique_ptr<CredentialProvider> caller, Sts sts,
                                              std::string name);

/// The token is read from `token_file` with every fetch(): who put it there renews it.
std::unique_ptr<CredentialSource> web_identity_source(RoleRequest role, std::string token_file,
                                                      Sts sts, std::string name);

}  // namespace zg::aws
