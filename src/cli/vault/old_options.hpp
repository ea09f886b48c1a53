// Options that glacier-cmd accepts before its verbs, so that `zglacier vault` can replace it:
// zglacier vault -c FILE --output csv list.
#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "cli/options.hpp"

namespace zg::cli {

/// An empty value was not given.
struct OldOptions {
    std::string conf{};
    std::string region{};
    std::string output{};
    std::string access_key{};
    Secret secret_key{};
    std::vector<std::string> idle{};  ///< warnings about options that have no effect any more
};

/// Adds only the options for keys.
void define_keys(Options& app, OldOptions& options);
/// Adds all of them to the group of the vault verbs.
void define_old_options(Options& group, OldOptions& options);

/// An option that old scripts may have and that has no effect. If `why` is not empty, it is logged.
struct IdleOption {
    std::string name;  ///< "--resume"
    std::string type;  ///< of its value; empty for a flag
    std::string why;
};
void define_idle(Options& app, const std::vector<IdleOption>& options,
                 std::vector<std::string>& idle);

}  // namespace zg::cli
