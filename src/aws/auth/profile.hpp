// ~/.aws/config and ~/.aws/credentials, or the files that AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/auth/environment.hpp"
#include "aws/auth/profile_parser.hpp"

namespace zg::aws {

/// A setting's value; nothing where it is not there or is empty.
std::optional<std::string> setting(const Settings& settings, std::string_view name);

struct ProfileFiles {
    std::string config_path{};  ///< empty where no home folder is known; so is credentials_path
    std::string credentials_path{};
    Sections config{};       ///< by profile
    Sections credentials{};  ///< by profile
    Sections services{};     ///< the config file's [services NAME], by name
    /// sections of the config file that are none of these, by what stands in the brackets
    Sections other{};

    [[nodiscard]] bool has(std::string_view profile) const;
    /// What both files say; where they differ the credentials file's word counts.
    [[nodiscard]] Settings profile(std::string_view name) const;
};

/// A file that is not there is empty. usage where a file cannot be parsed; errors of reading it.
Result<ProfileFiles> read_profile_files(const Environment& environment);

struct ProfileName {
    std::string name;
    bool named = false;  ///< by the user or the environment: then it must exist
};
/// `given` by the user, AWS_PROFILE, AWS_DEFAULT_PROFILE, or "default".
ProfileName choose_profile(const Environment& environment, const std::string& given);

/// usage, with a hint, where `profile` is in neither file.
Result<void> check_profile_exists(const ProfileFiles& files, const std::string& profile);

/// "~/x" with the home folder for '~'.
std::string expand_home(const Environment& environment, const std::string& path);

}  // namespace zg::aws
