// What another program's configuration says of the way to Amazon.
#pragma once

#include <string>

#include "base/secret.hpp"

namespace zg::store {

/// Keys that were given to zglacier itself and not to the AWS tools.
struct GivenKeys {
    std::string access_key_id{};
    Secret secret_access_key{};
    std::string where{};  ///< for messages: the file
    /// they come before all else; otherwise after the environment and a profile that was named, and
    /// before ~/.aws
    bool first = false;

    [[nodiscard]] bool empty() const { return access_key_id.empty() && secret_access_key.empty(); }
};

/// What stands in for what neither the user nor the environment says, before ~/.aws.
struct AwsDefaults {
    std::string region{};
    GivenKeys keys{};
};

}  // namespace zg::store
