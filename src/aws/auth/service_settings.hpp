// Settings from environment variables and the AWS tools' configuration files.
#pragma once

#include <string>

#include "base/environment.hpp"
#include "base/result.hpp"

namespace zg::aws {

/// Settings of the environment and the profile for reaching a service; the user's explicit settings
/// override them.
struct ServiceSettings {
    std::string region{};  ///< AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`; may be empty
    /// AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's `services` section or `endpoint_url`;
    /// may be empty
    std::string endpoint_url{};
    /// the profile's s3 = addressing_style: "path", "virtual", "auto"; may be empty
    std::string addressing_style{};
    std::string ca_bundle{};  ///< AWS_CA_BUNDLE, the profile's ca_bundle; may be empty
};

/// Reads the settings for `service` ("s3", "sts", "glacier", "sns"). `profile` as in
/// CredentialContext. usage if a file cannot be parsed or a named profile does not exist; errors of
/// reading the files.
Result<ServiceSettings> load_settings(const Environment& environment, const std::string& profile,
                                      const std::string& service);

}  // namespace zg::aws
