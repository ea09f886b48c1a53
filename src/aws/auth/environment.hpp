// The environment's variables and the AWS tools' configuration files, as one thing to ask.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace zg::aws {

/// Environment variables, taken once. A variable that is empty counts as not set.
class Environment {
  public:
    /// The process's own variables; HOME as the user database has it where it is not set.
    static Environment of_process();
    explicit Environment(std::map<std::string, std::string, std::less<>> variables)
        : variables_(std::move(variables)) {}
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

  private:
    std::map<std::string, std::string, std::less<>> variables_;
};

/// What the environment and the profile say about how to reach a service; explicit settings of the
/// user come before.
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
/// CredentialContext. usage where a file cannot be parsed or a profile is named that does not
/// exist; errors of reading the files.
Result<ServiceSettings> load_settings(const Environment& environment, const std::string& profile,
                                      const std::string& service);

}  // namespace zg::aws
