#include "aws/auth/credentials.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/container.hpp"
#include "aws/auth/credential_process.hpp"
#include "aws/auth/credentials_cache.hpp"
#include "aws/auth/credentials_keys.hpp"
#include "aws/auth/credentials_role.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/imds.hpp"
#include "aws/auth/profile.hpp"
#include "aws/auth/profile_parser.hpp"
#include "aws/auth/sts.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

using SourcePtr = std::unique_ptr<CredentialSource>;
/// A null pointer: that source is not configured.
using Found = Result<SourcePtr>;

constexpr const char* simplest_ways =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write keys to ~/.aws/credentials with "
    "`aws configure` as the user that runs zglacier, or name a profile with AWS_PROFILE or "
    "?profile=NAME";

std::string name_of(const std::string& profile) { return fmt::format("profile {}", profile); }

std::unexpected<Error> wrong(const std::string& profile, std::string what, std::string hint) {
    return fail({.kind = ErrorKind::usage,
                 .what = std::move(what),
                 .where = name_of(profile),
                 .hint = std::move(hint)});
}

/// Checks what can be checked without a request, when the source is chosen.
Found checked(SourcePtr source) {
    ZG_CHECK(source->fetch());
    return source;
}

/// Chooses the source. Exists while find_credentials() runs; the source keeps only the context's
/// references.
class Finder {
  public:
    explicit Finder(const CredentialContext& context)
        : context_(context), chosen_(choose_profile(context.environment, context.profile)) {}

    Found find() {
        const bool variables_count = context_.profile.empty();
        if (context_.keys.first) return checked(given_source(context_.keys));
        if (variables_count && environment_has_keys(context_.environment))
            return checked(environment_source(context_.environment));
        ZG_TRY(files_, read_profile_files(context_.environment));
        if (chosen_.named) ZG_CHECK(check_profile_exists(files_, chosen_.name));
        const bool named = chosen_.named || context_.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!named && !context_.keys.empty()) return checked(given_source(context_.keys));
        ZG_TRY(SourcePtr found, role_of(chosen_.name));
        if (found) return found;
        if (variables_count) {
            ZG_TRY(found, web_identity_of_environment());
            if (found) return found;
        }
        ZG_TRY(found, keys_of(chosen_.name));
        if (found) return found;
        if (container_configured(context_.environment))
            return container_source(context_.environment, context_.http);
        if (imds_enabled(context_.environment)) return instance(none_found());
        return fail(none_found());
    }

  private:
    /// A source for the profile's role, with the configured kind of caller.
    Found role_of(const std::string& profile) {
        const Settings settings = files_.profile(profile);
        const auto role = setting(settings, "role_arn");
        const auto token_file = setting(settings, "web_identity_token_file");
        if (token_file && !role)
            return wrong(profile, "web_identity_token_file is set without role_arn",
                         "add role_arn to the profile");
        if (!role) return SourcePtr();
        ZG_TRY(RoleRequest request, role_request(profile, settings));
        const std::string name = fmt::format("{}, role {}", name_of(profile), *role);
        if (token_file)
            return web_identity(std::move(request), expand_home(context_.environment, *token_file),
                                name);
        ZG_TRY(SourcePtr caller, caller_of(profile, settings));
        ZG_TRY(Sts sts, sts_for(name));
        auto cache = std::make_unique<CredentialsCache>(std::move(caller), context_.clock,
                                                        Lasting::ask_again);
        return role_source(std::move(request), std::move(cache), std::move(sts), name);
    }

    Result<RoleRequest> role_request(const std::string& profile, const Settings& settings) const {
        if (setting(settings, "mfa_serial"))
            return wrong(profile,
                         "its role requires a one-time password (mfa_serial), which a program "
                         "without a terminal cannot provide",
                         fmt::format("use a role without MFA; or, for one run, get keys with: eval "
                                     "\"$(aws configure export-credentials --profile {} "
                                     "--format env)\"",
                                     profile));
        const std::string duration = setting(settings, "duration_seconds").value_or("");
        if (duration.size() > 5 ||
            !std::ranges::all_of(duration, [](char c) { return c >= '0' && c <= '9'; }))
            return wrong(profile, "invalid duration_seconds",
                         "write a number of seconds from 900 to 43200, or leave it out");
        return RoleRequest{
            .role_arn = setting(settings, "role_arn").value_or(""),
            .session_name = setting(settings, "role_session_name").value_or(default_session_name()),
            .external_id = setting(settings, "external_id").value_or(""),
            .duration_seconds = duration};
    }

    [[nodiscard]] std::string default_session_name() const {
        return fmt::format("zglacier-{}", compact_utc(context_.clock.now()));
    }

    /// The credentials that assume the profile's role.
    Found caller_of(const std::string& profile, const Settings& settings) {
        const auto source = setting(settings, "source_profile");
        const auto named = setting(settings, "credential_source");
        if (source && named)
            return wrong(profile, "it has both source_profile and credential_source",
                         "remove one of them");
        if (named) return named_caller(profile, *named);
        if (source) return profile_caller(profile, *source);
        return wrong(
            profile, "it has role_arn, but no credentials to assume the role",
            "add source_profile, credential_source or web_identity_token_file to the profile");
    }

    Found named_caller(const std::string& profile, const std::string& source) {
        if (source == "Environment") return checked(environment_source(context_.environment));
        if (source == "Ec2InstanceMetadata") {
            if (imds_enabled(context_.environment)) return instance(std::nullopt);
            return wrong(
                profile,
                "credential_source is Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED is set",
                "unset AWS_EC2_METADATA_DISABLED");
        }
        if (source == "EcsContainer") {
            if (container_configured(context_.environment))
                return container_source(context_.environment, context_.http);
            return wrong(profile,
                         "credential_source is EcsContainer, but "
                         "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set here",
                         "run zglacier in the task or pod, or use another credential_source");
        }
        return wrong(profile, "unknown credential_source",
                     "write Environment, Ec2InstanceMetadata or EcsContainer");
    }

    Found profile_caller(const std::string& profile, const std::string& source) {
        visited_.push_back(profile);
        if (!files_.has(source))
            return wrong(profile, fmt::format("its source_profile \"{}\" does not exist", source),
                         fmt::format("correct source_profile, or create that profile with `aws "
                                     "configure --profile {}`",
                                     source));
        const Settings settings = files_.profile(source);
        const bool takes_role =
            setting(settings, "role_arn") &&
            (!has_keys(settings) || setting(settings, "web_identity_token_file"));
        if (takes_role && std::ranges::find(visited_, source) != visited_.end())
            return wrong(profile,
                         fmt::format("its source_profile settings form a loop: {} -> {}",
                                     fmt::join(visited_, " -> "), source),
                         "let the last source_profile name a profile with keys");
        ZG_TRY(SourcePtr found, takes_role ? role_of(source) : keys_of(source));
        if (!found)
            return wrong(
                source,
                fmt::format("it is the source_profile of \"{}\" and has no credentials", profile),
                "add keys or credential_process to it");
        return found;
    }

    Found web_identity_of_environment() {
        const auto role = context_.environment.get("AWS_ROLE_ARN");
        const auto token_file = context_.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!token_file) return SourcePtr();
        if (!role)
            return fail({.kind = ErrorKind::usage,
                         .what = "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not",
                         .where = "environment",
                         .hint = "set both, or neither"});
        RoleRequest request{
            .role_arn = *role,
            .session_name =
                context_.environment.get("AWS_ROLE_SESSION_NAME").value_or(default_session_name())};
        return web_identity(std::move(request), *token_file,
                            fmt::format("environment, role {}", *role));
    }

    Found web_identity(RoleRequest request, std::string token_file, const std::string& name) {
        ZG_TRY(Sts sts, sts_for(name));
        return web_identity_source(std::move(request), std::move(token_file), std::move(sts), name);
    }

    Result<Sts> sts_for(const std::string& name) const {
        ZG_TRY(StsEndpoint endpoint,
               sts_endpoint(context_.environment, context_.profile, context_.region));
        return Sts(context_.http, context_.clock, std::move(endpoint), name);
    }

    /// The profile's own keys, or the program that provides them.
    Found keys_of(const std::string& profile) {
        const auto in = [&](const Sections& sections) {
            const auto found = sections.find(profile);
            return found != sections.end() && has_keys(found->second);
        };
        if (in(files_.credentials))
            return checked(file_source(context_.environment, KeysFile::credentials, profile));
        const Settings settings = files_.profile(profile);
        if (const auto command = setting(settings, "credential_process"))
            return process_source(context_.environment, *command, name_of(profile));
        if (in(files_.config))
            return checked(file_source(context_.environment, KeysFile::config, profile));
        const auto logs_in = [](const auto& entry) {
            return entry.first.starts_with("sso_") || entry.first == "login_session";
        };
        if (std::ranges::none_of(settings, logs_in)) return SourcePtr();
        return wrong(profile,
                     "it requires a login in a browser (IAM Identity Center or aws login), which "
                     "zglacier does not support",
                     fmt::format("add this line to the profile: credential_process = aws configure "
                                 "export-credentials --profile {} --format process",
                                 profile));
    }

    SourcePtr instance(std::optional<Error> none) const {
        ImdsOptions options{.none_found = std::move(none)};
        const auto variable = context_.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        const Settings settings = files_.profile(chosen_.name);
        if (const auto endpoint =
                variable ? variable : setting(settings, "ec2_metadata_service_endpoint"))
            options.endpoint = *endpoint;
        while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
        return imds_source(context_.http, context_.clock, std::move(options));
    }

    [[nodiscard]] Error none_found() const {
        Error error{.kind = ErrorKind::refused,
                    .what = "there are no AWS credentials",
                    .hint = simplest_ways};
        if (chosen_.named) {
            error.where = name_of(chosen_.name);
            error.hint = fmt::format(
                "give the profile keys with `aws configure --profile {}`, or use another profile",
                chosen_.name);
        }
        return error;
    }

    const CredentialContext& context_;
    ProfileName chosen_;
    ProfileFiles files_{};
    std::vector<std::string>
        visited_{};  // the profiles whose source_profile led to the current one
};

}  // namespace

Result<std::unique_ptr<CredentialProvider>> find_credentials(const CredentialContext& context) {
    ZG_TRY(SourcePtr source, Finder(context).find());
    return std::make_unique<CredentialsCache>(std::move(source), context.clock, Lasting::keep);
}

}  // namespace zg::aws
