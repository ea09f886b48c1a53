// Long-term keys from environment variables or from one of the two files.
#pragma once

#include <memory>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/profile_parser.hpp"
#include "base/environment.hpp"

namespace zg::aws {

/// Whether AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is set; fetch() checks that the other one is,
/// too.
bool environment_has_keys(const Environment& environment);
/// `environment` outlives it.
std::unique_ptr<CredentialSource> environment_source(const Environment& environment);

std::unique_ptr<CredentialSource> given_source(GivenKeys keys);

enum class KeysFile { credentials, config };

/// Whether `settings` have one of the two keys.
bool has_keys(const Settings& settings);
/// Reads the file with every fetch(). `environment` outlives it.
std::unique_ptr<CredentialSource> file_source(const Environment& environment, KeysFile file,
                                              std::string profile);

}  // namespace zg::aws
