#include "aws/auth/credentials_keys.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/credentials_text.hpp"
#include "aws/auth/profile.hpp"
#include "aws/auth/profile_parser.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {

namespace {

Result<Credentials> pair_of(const std::optional<std::string>& id,
                            const std::optional<std::string>& secret, const std::string& where,
                            const std::string& names) {
    if (!id || !secret)
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("only one of {} is set", names),
                     .where = where,
                     .hint = fmt::format("set both {}", names)});
    return Credentials{.access_key_id = *id, .secret_access_key = Secret(*secret)};
}

class EnvironmentSource final : public CredentialSource {
  public:
    explicit EnvironmentSource(const Environment& environment) : environment_(environment) {}

    Result<Credentials> fetch() override {
        ZG_TRY(Credentials credentials, pair_of(environment_.get("AWS_ACCESS_KEY_ID"),
                                                environment_.get("AWS_SECRET_ACCESS_KEY"), name(),
                                                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
        for (const char* variable : {"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"})
            if (const auto token = environment_.get(variable);
                token && credentials.session_token.empty())
                credentials.session_token = Secret(*token);
        if (const auto text = environment_.get("AWS_CREDENTIAL_EXPIRATION")) {
            credentials.expires = parse_expiration(*text);
            if (!credentials.expires)
                return fail({.kind = ErrorKind::usage,
                             .what = "AWS_CREDENTIAL_EXPIRATION is not a valid time",
                             .where = name(),
                             .hint = "write it as 2026-11-23T02:00:00Z, or unset it"});
        }
        return credentials;
    }
    [[nodiscard]] std::string name() const override { return "environment"; }

  private:
    const Environment& environment_;
};

class GivenSource final : public CredentialSource {
  public:
    explicit GivenSource(GivenKeys keys) : keys_(std::move(keys)) {}

    Result<Credentials> fetch() override {
        const auto there = [](const std::string& text) {
            return text.empty() ? std::nullopt : std::optional(text);
        };
        return pair_of(there(keys_.access_key_id), there(keys_.secret_access_key.reveal()), name(),
                       "access key and secret key");
    }
    [[nodiscard]] std::string name() const override { return keys_.where; }

  private:
    GivenKeys keys_;
};

class FileSource final : public CredentialSource {
  public:
    FileSource(const Environment& environment, KeysFile file, std::string profile)
        : environment_(environment), file_(file), profile_(std::move(profile)) {}

    Result<Credentials> fetch() override {
        ZG_TRY(const ProfileFiles files, read_profile_files(environment_));
        const Sections& sections =
            file_ == KeysFile::credentials ? files.credentials : files.config;
        const auto section = sections.find(profile_);
        const Settings settings = section != sections.end() ? section->second : Settings{};
        const std::string& path =
            file_ == KeysFile::credentials ? files.credentials_path : files.config_path;
        ZG_TRY(Credentials credentials, pair_of(setting(settings, "aws_access_key_id"),
                                                setting(settings, "aws_secret_access_key"),
                                                fmt::format("{} in {}", name(), path),
                                                "aws_access_key_id and aws_secret_access_key"));
        for (const char* token : {"aws_session_token", "aws_security_token"})
            if (const auto value = setting(settings, token);
                value && credentials.session_token.empty())
                credentials.session_token = Secret(*value);
        return credentials;
    }
    [[nodiscard]] std::string name() const override { return fmt::format("profile {}", profile_); }

  private:
    const Environment& environment_;
    KeysFile file_;
    std::string profile_;
};

}  // namespace

bool environment_has_keys(const Environment& environment) {
    return environment.get("AWS_ACCESS_KEY_ID") || environment.get("AWS_SECRET_ACCESS_KEY");
}

std::unique_ptr<CredentialSource> environment_source(const Environment& environment) {
    return std::make_unique<EnvironmentSource>(environment);
}

std::unique_ptr<CredentialSource> given_source(GivenKeys keys) {
    return std::make_unique<GivenSource>(std::move(keys));
}

bool has_keys(const Settings& settings) {
    return setting(settings, "aws_access_key_id") || setting(settings, "aws_secret_access_key");
}

std::unique_ptr<CredentialSource> file_source(const Environment& environment, KeysFile file,
                                              std::string profile) {
    return std::make_unique<FileSource>(environment, file, std::move(profile));
}

}  // namespace zg::aws
