#include "aws/auth/credentials_role.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/sts.hpp"
#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {

namespace {

constexpr std::size_t token_limit = std::size_t{64} << 10U;

Result<Credentials> plain(StsResult result) {
    if (!result) return fail(std::move(result).error().error);
    return *std::move(result);
}

class RoleSource final : public CredentialSource {
  public:
    RoleSource(RoleRequest role, std::unique_ptr<CredentialProvider> caller, Sts sts,
               std::string name)
        : role_(std::move(role)),
          caller_(std::move(caller)),
          sts_(std::move(sts)),
          name_(std::move(name)) {}

    Result<Credentials> fetch() override {
        ZG_TRY(const Credentials used, caller_->get());
        StsResult first = sts_.assume_role(role_, used);
        if (first || !first.error().caller_refused) return plain(std::move(first));
        caller_->refused(used);
        ZG_TRY(const Credentials renewed, caller_->get());
        if (renewed.access_key_id == used.access_key_id &&
            renewed.session_token.reveal() == used.session_token.reveal())
            return plain(std::move(first));
        return plain(sts_.assume_role(role_, renewed));
    }
    [[nodiscard]] std::string name() const override { return name_; }

  private:
    RoleRequest role_;
    std::unique_ptr<CredentialProvider> caller_;
    Sts sts_;
    std::string name_;
};

class WebIdentitySource final : public CredentialSource {
  public:
    WebIdentitySource(RoleRequest role, std::string token_file, Sts sts, std::string name)
        : role_(std::move(role)),
          token_file_(std::move(token_file)),
          sts_(std::move(sts)),
          name_(std::move(name)) {}

    Result<Credentials> fetch() override {
        ZG_TRY(const Secret token, read_token());
        return plain(sts_.assume_role_with_web_identity(role_, token));
    }
    [[nodiscard]] std::string name() const override { return name_; }

  private:
    [[nodiscard]] Result<Secret> read_token() const {
        const auto wrong = [&](std::string what, std::string cause) {
            return fail({.kind = ErrorKind::usage,
                         .what = std::move(what),
                         .where = name_,
                         .cause = std::move(cause),
                         .hint = "web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE must name "
                                 "a file with the token that this user can read"});
        };
        const auto content = read_file(token_file_, token_limit);
        if (!content) return wrong("cannot read the web identity token", content.error().message());
        std::string token(as_text(*content));
        token.erase(token.find_last_not_of(" \t\r\n") + 1);
        if (token.empty()) return wrong("the web identity token is empty", token_file_);
        return Secret(std::move(token));
    }

    RoleRequest role_;
    std::string token_file_;
    Sts sts_;
    std::string name_;
};

}  // namespace

std::unique_ptr<CredentialSource> role_source(RoleRequest role,
                                              std::unique_ptr<CredentialProvider> caller, Sts sts,
                                              std::string name) {
    return std::make_unique<RoleSource>(std::move(role), std::move(caller), std::move(sts),
                                        std::move(name));
}

std::unique_ptr<CredentialSource> web_identity_source(RoleRequest role, std::string token_file,
                                                      Sts sts, std::string name) {
    return std::make_unique<WebIdentitySource>(std::move(role), std::move(token_file),
                                               std::move(sts), std::move(name));
}

}  // namespace zg::aws
