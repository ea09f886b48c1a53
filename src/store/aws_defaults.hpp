// Settings for reaching Amazon, from another program's configuration.
#pragma once

#include <string>

#include "base/secret.hpp"

namespace zg::store {

/// Keys that were given to zglacier itself and not to the AWS tools.
struct GivenKeys {
    std::string access_key_id{};
    Secret secret_access_key{};
    std::string where{};  ///< for messages: the file
    /// they override all others; else they come after the environment and a named profile, and
    /// before ~/.aws
    bool first = false;

    [[nodiscard]] bool empty() const { return access_key_id.empty() && secret_access_key.empty(); }
};

/// Used if neither the user nor the environment gives a value; they override ~/.aws.
struct AwsDefaults {
    std::string region{};
    GivenKeys keys{};
};

}  // namespace zg::store
