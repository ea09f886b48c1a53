// Reads ~/.aws/config and ~/.aws/credentials, or the files named by AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/auth/profile_parser.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"

namespace zg::aws {

/// A setting's value; nothing if it is missing or empty.
std::optional<std::string> setting(const Settings& settings, std::string_view name);

struct ProfileFiles {
    std::string config_path{};  ///< empty if no home folder is known; so is credentials_path
    std::string credentials_path{};
    Sections config{};       ///< by profile
    Sections credentials{};  ///< by profile
    Sections services{};     ///< the config file's [services NAME], by name
    /// other sections of the config file, by the text in the brackets
    Sections other{};

    [[nodiscard]] bool has(std::string_view profile) const;
    /// The settings of both files; those of the credentials file take precedence.
    [[nodiscard]] Settings profile(std::string_view name) const;
};

/// A missing file counts as empty. usage if a file cannot be parsed; errors of reading it.
Result<ProfileFiles> read_profile_files(const Environment& environment);

struct ProfileName {
    std::string name;
    bool named = false;  ///< by the user or the environment: then it must exist
};
/// `given` by the user, AWS_PROFILE, AWS_DEFAULT_PROFILE, or "default".
ProfileName choose_profile(const Environment& environment, const std::string& given);

/// usage, with a hint, if `profile` is in neither file.
Result<void> check_profile_exists(const ProfileFiles& files, const std::string& profile);

/// "~/x" with the home folder for '~'.
std::string expand_home(const Environment& environment, const std::string& path);

}  // namespace zg::aws
