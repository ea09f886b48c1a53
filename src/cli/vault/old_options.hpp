// What glacier-cmd took before its verbs, so that `zglacier vault` can be used in its place:
// zglacier vault -c FILE --output csv list.
#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "cli/options.hpp"

namespace zg::cli {

/// What is empty was not given.
struct OldOptions {
    std::string conf{};
    std::string region{};
    std::string output{};
    std::string access_key{};
    Secret secret_key{};
    std::vector<std::string> idle{};  ///< words on options that no longer do anything
};

/// Adds the keys alone.
void define_keys(Options& app, OldOptions& options);
/// Adds them all to the group of the vault verbs.
void define_old_options(Options& group, OldOptions& options);

/// An option that old scripts may have and that does nothing. If `why` is not empty it is logged.
struct IdleOption {
    std::string name;  ///< "--resume"
    std::string type;  ///< of its value; empty for a flag
    std::string why;
};
void define_idle(Options& app, const std::vector<IdleOption>& options,
                 std::vector<std::string>& idle);

}  // namespace zg::cli
