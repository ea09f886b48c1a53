#include "aws/auth/service_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/profile.hpp"
#include "aws/auth/profile_parser.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

bool is_true(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text == "true";
}

std::string first_of(std::initializer_list<std::optional<std::string>> values) {
    for (const auto& value : values)
        if (value) return *value;
    return {};
}

bool endpoints_ignored(const Environment& environment, const Settings& profile) {
    const auto variable = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    return is_true(first_of({variable, setting(profile, "ignore_configured_endpoint_urls")}));
}

Result<std::optional<std::string>> endpoint_of_services(const ProfileFiles& files,
                                                        const Settings& profile,
                                                        const std::string& service) {
    const auto name = setting(profile, "services");
    if (!name) return std::nullopt;
    const auto section = files.services.find(*name);
    if (section == files.services.end())
        return fail(
            {.kind = ErrorKind::usage,
             .what = fmt::format(
                 "the profile's setting services = {} names a section that does not exist", *name),
             .where = files.config_path,
             .hint = fmt::format("write a section [services {}], or remove the setting", *name)});
    return setting(section->second, service + ".endpoint_url");
}

Result<std::string> endpoint_for(const Environment& environment, const ProfileFiles& files,
                                 const Settings& profile, const std::string& service) {
    if (endpoints_ignored(environment, profile)) return std::string();
    std::string variable = "AWS_ENDPOINT_URL_" + service;
    std::ranges::transform(variable, variable.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string url = first_of({environment.get(variable), environment.get("AWS_ENDPOINT_URL")});
    if (url.empty()) {
        ZG_TRY(const auto of_services, endpoint_of_services(files, profile, service));
        url = first_of({of_services, setting(profile, "endpoint_url")});
    }
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

Result<ServiceSettings> load_settings(const Environment& environment, const std::string& profile,
                                      const std::string& service) {
    ZG_TRY(const ProfileFiles files, read_profile_files(environment));
    const ProfileName chosen = choose_profile(environment, profile);
    if (chosen.named) ZG_CHECK(check_profile_exists(files, chosen.name));
    const Settings settings = files.profile(chosen.name);
    ServiceSettings result;
    result.region = first_of({environment.get("AWS_REGION"), environment.get("AWS_DEFAULT_REGION"),
                              setting(settings, "region")});
    ZG_TRY(result.endpoint_url, endpoint_for(environment, files, settings, service));
    result.addressing_style = first_of({setting(settings, "s3.addressing_style")});
    result.ca_bundle = expand_home(
        environment, first_of({environment.get("AWS_CA_BUNDLE"), setting(settings, "ca_bundle")}));
    return result;
}

}  // namespace zg::aws
