#include "aws/auth/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credential_process.hpp"
#include "aws/auth/profile_parser.hpp"
#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

constexpr std::size_t file_limit = std::size_t{1} << 20U;

std::string path_of(const Environment& environment, std::string_view variable,
                    const char* otherwise) {
    if (const auto path = environment.get(variable)) return expand_home(environment, *path);
    const auto home = environment.get("HOME");
    return home ? *home + otherwise : std::string();
}

Result<Sections> read_sections(const std::string& path) {
    if (path.empty()) return Sections{};
    const Result<Buffer> content = read_file(path, file_limit);
    if (content) return parse_profile_text(as_text(*content), path);
    if (content.error().kind == ErrorKind::not_found) return Sections{};
    Error error = content.error();
    error.hint =
        "make the file readable for the user that runs zglacier, or name another file with "
        "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE";
    return fail(std::move(error));
}

void merge(Settings& into, const Settings& from) {
    for (const auto& [name, value] : from) into[name] = value;
}

/// Sorts a section of the config file by the word before its name: [profile x], [services x],
/// [sso-session x], and [default], which has none.
void sort_in(const std::string& header, const Settings& settings, ProfileFiles& files) {
    const auto words = split_command(header);
    if (header == "default")
        merge(files.config[header], settings);
    else if (words && words->size() == 2 && words->front() == "profile")
        merge(files.config[words->back()], settings);
    else if (words && words->size() == 2 && words->front() == "services")
        merge(files.services[words->back()], settings);
    else
        merge(files.other[header], settings);
}

std::string missing_hint(const ProfileFiles& files, const std::string& profile) {
    if (files.other.contains(profile))
        return fmt::format("in {} a profile's section is written [profile {}]", files.config_path,
                           profile);
    if (files.credentials.contains("profile " + profile))
        return fmt::format("in {} a profile's section is written [{}], without the word profile",
                           files.credentials_path, profile);
    std::vector<std::string> names;
    for (const Sections* sections : {&files.config, &files.credentials})
        for (const auto& [name, settings] : *sections)
            if (sections == &files.config || !files.config.contains(name)) names.push_back(name);
    if (!names.empty())
        return fmt::format(
            "the existing profiles are: {}; `aws configure --profile {}` creates a new one",
            fmt::join(names, ", "), profile);
    return fmt::format(
        "create it with `aws configure --profile {}`, as the user that runs zglacier", profile);
}

}  // namespace

std::optional<std::string> setting(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    if (found == settings.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

bool ProfileFiles::has(std::string_view profile) const {
    return config.contains(profile) || credentials.contains(profile);
}

Settings ProfileFiles::profile(std::string_view name) const {
    Settings both;
    for (const Sections* sections : {&config, &credentials})
        if (const auto found = sections->find(name); found != sections->end())
            merge(both, found->second);
    return both;
}

Result<ProfileFiles> read_profile_files(const Environment& environment) {
    ProfileFiles files{.config_path = path_of(environment, "AWS_CONFIG_FILE", "/.aws/config"),
                       .credentials_path = path_of(environment, "AWS_SHARED_CREDENTIALS_FILE",
                                                   "/.aws/credentials")};
    ZG_TRY(const Sections config, read_sections(files.config_path));
    for (const auto& [header, settings] : config) sort_in(header, settings, files);
    ZG_TRY(files.credentials, read_sections(files.credentials_path));
    return files;
}

ProfileName choose_profile(const Environment& environment, const std::string& given) {
    if (!given.empty()) return {.name = given, .named = true};
    for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (const auto name = environment.get(variable)) return {.name = *name, .named = true};
    return {.name = "default"};
}

Result<void> check_profile_exists(const ProfileFiles& files, const std::string& profile) {
    if (files.has(profile)) return {};
    std::string places =
        fmt::format("neither {} nor {} has it", files.config_path, files.credentials_path);
    if (files.config_path.empty() && files.credentials_path.empty())
        places = "HOME is not set, so there are no AWS profiles";
    return fail({.kind = ErrorKind::usage,
                 .what = "there is no such AWS profile",
                 .where = fmt::format("profile {}", profile),
                 .cause = std::move(places),
                 .hint = missing_hint(files, profile)});
}

std::string expand_home(const Environment& environment, const std::string& path) {
    const auto home = environment.get("HOME");
    return home && (path == "~" || path.starts_with("~/")) ? *home + path.substr(1) : path;
}

}  // namespace zg::aws
