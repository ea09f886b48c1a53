#include "aws/auth/credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "aws/auth/testing/credentials.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {
namespace {

using testing::CredentialTest;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::mark;
using testing::secret_key;
using testing::sts_answer;
using testing::sts_error;

class FindCredentialsTest : public CredentialTest {
  protected:
    void set_keys(const std::string& id) {
        variables["AWS_ACCESS_KEY_ID"] = id;
        variables["AWS_SECRET_ACCESS_KEY"] = secret_key;
    }
    static std::string process(const std::string& id) {
        return "credential_process = printf %s '" + json_answer(id, "SessionToken") + "'\n";
    }
    void expect_get_error(const std::string& profile, ErrorKind kind) {
        auto provider = find(profile);
        ASSERT_TRUE(provider) << provider.error().message();
        const auto got = (*provider)->get();
        ASSERT_FALSE(got);
        expect_error(got.error(), kind);
    }
};

TEST_F(FindCredentialsTest, WithoutAnySourceThereIsAHint) {
    expect_wrong("", "aws configure", ErrorKind::refused);
}

TEST_F(FindCredentialsTest, TakesVariables) {
    set_keys("AKIA1");
    variables["AWS_SESSION_TOKEN"] = mark + "T";
    auto provider = find();
    EXPECT_EQ((*provider)->source(), "environment");
    const auto got = (*provider)->get();
    EXPECT_EQ(got->access_key_id, "AKIA1");
    EXPECT_EQ(got->secret_access_key.reveal(), secret_key);
    EXPECT_EQ(got->session_token.reveal(), mark + "T");
    EXPECT_FALSE(got->expires);
}

TEST_F(FindCredentialsTest, GivenKeysComeBetweenTheEnvironmentAndTheFiles) {
    credentials("[default]\n" + keys("AKIAFILE") + "[named]\n" + keys("AKIANAMED"));
    keys_given = {.access_key_id = "AKIAGIVEN",
                  .secret_access_key = Secret(secret_key),
                  .where = "/etc/glacier-cmd.conf"};
    EXPECT_EQ(first_id(), "AKIAGIVEN");
    EXPECT_EQ((*find())->source(), "/etc/glacier-cmd.conf");
    EXPECT_EQ(first_id("named"), "AKIANAMED");
    variables["AWS_PROFILE"] = "named";
    EXPECT_EQ(first_id(), "AKIANAMED");
    set_keys("AKIAENV");
    EXPECT_EQ(first_id(), "AKIAENV");
    keys_given.first = true;
    EXPECT_EQ(first_id(), "AKIAGIVEN");
    keys_given.access_key_id.clear();
    expect_wrong("", "access key");
}

TEST_F(FindCredentialsTest, VariablesMustBeComplete) {
    variables["AWS_ACCESS_KEY_ID"] = mark;
    expect_wrong("", "AWS_SECRET_ACCESS_KEY");
    variables.erase("AWS_ACCESS_KEY_ID");
    variables["AWS_SECRET_ACCESS_KEY"] = mark;
    expect_wrong("", "AWS_ACCESS_KEY_ID");
    set_keys("AKIA1");
    variables["AWS_CREDENTIAL_EXPIRATION"] = mark;
    expect_wrong("", "AWS_CREDENTIAL_EXPIRATION");
}

TEST_F(FindCredentialsTest, VariablesCanExpire) {
    set_keys("AKIA1");
    variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-23T02:10:00Z";
    EXPECT_EQ(first_id(), "AKIA1");
    clock.advance(std::chrono::minutes(10));
    expect_get_error("", ErrorKind::refused);
}

TEST_F(FindCredentialsTest, SourcesHaveAnOrder) {
    // Each source in turn, from the last to the first: each one added overrides the previous ones.
    variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    http.answer(200, json_answer("CONTAINER", "Token"));
    EXPECT_EQ(first_id(), "CONTAINER");
    config("[default]\n" + keys("CONFIG"));
    EXPECT_EQ(first_id(), "CONFIG");
    config("[default]\n" + keys("CONFIG") + process("PROCESS"));
    EXPECT_EQ(first_id(), "PROCESS");
    credentials("[default]\n" + keys("FILE"));
    EXPECT_EQ(first_id(), "FILE");
    variables["AWS_ROLE_ARN"] = "arn:of:variable";
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = write("token", mark);
    http.answer(200, sts_answer("AssumeRoleWithWebIdentity", "WEB"));
    EXPECT_EQ(first_id(), "WEB");
    config("[default]\n" + keys("CONFIG") + process("PROCESS") +
           "role_arn = r\nsource_profile = default\n");
    http.answer(200, sts_answer("AssumeRole", "ROLE"));
    EXPECT_EQ(first_id(), "ROLE");
    set_keys("VARIABLES");
    EXPECT_EQ(first_id(), "VARIABLES");
}

TEST_F(FindCredentialsTest, AProfileNamedByTheUserOverridesTheVariables) {
    set_keys("VARIABLES");
    variables["AWS_ROLE_ARN"] = "arn:of:variable";
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/lost";
    credentials("[p]\n" + keys("FILE"));
    EXPECT_EQ(first_id("p"), "FILE");
    variables["AWS_PROFILE"] = "p";
    EXPECT_EQ(first_id(), "VARIABLES");
}

TEST_F(FindCredentialsTest, AProfileMustExistAndBeComplete) {
    expect_wrong("lost", "aws configure --profile lost");
    variables["AWS_PROFILE"] = "lost";
    expect_wrong("", "lost");
    variables.erase("AWS_PROFILE");
    config("[profile empty]\nregion = x\n[profile half]\naws_access_key_id = " + mark +
           "\n[profile web]\nweb_identity_token_file = /t\n");
    expect_wrong("empty", "aws configure --profile empty", ErrorKind::refused);
    expect_wrong("half", "aws_secret_access_key");
    expect_wrong("web", "role_arn");
    credentials("[half]\naws_secret_access_key = " + mark + "\n");
    expect_wrong("half", "aws_access_key_id");
    credentials("[half]\n" + mark + "\n");
    expect_wrong("half", "line 2");
}

TEST_F(FindCredentialsTest, AFileIsReadAgainWhenItsKeysAreRefused) {
    credentials("[default]\n" + keys("OLD"));
    auto provider = find();
    const auto used = (*provider)->get();
    EXPECT_EQ((*provider)->source(), "profile default");
    credentials("[default]\n" + keys("NEW") + "aws_session_token = " + mark + "\n");
    EXPECT_EQ((*provider)->get()->access_key_id, "OLD");
    (*provider)->refused(*used);
    EXPECT_EQ((*provider)->get()->access_key_id, "NEW");
    EXPECT_EQ((*provider)->get()->session_token.reveal(), mark);
}

TEST_F(FindCredentialsTest, ALoginInABrowserIsExplained) {
    config(
        "[profile s]\nsso_session = x\nsso_account_id = 1\n[profile l]\nlogin_session = "
        "x\n[profile r]\nrole_arn = r\nsource_profile = s\n"
        "[sso-session x]\nsso_region = y\n");
    for (const char* profile : {"s", "l", "r"})
        expect_wrong(profile, "credential_process = aws configure export-credentials --profile");
    config("[profile s]\nsso_session = x\n" + process("PROCESS"));
    EXPECT_EQ(first_id("s"), "PROCESS");
}

TEST_F(FindCredentialsTest, AssumesARoleWithAnotherProfilesKeys) {
    config(
        "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = "
        "ext\nrole_session_name = me\nduration_seconds = 1800\n");
    credentials("[base]\n" + keys("AKIABASE"));
    http.answer(200, sts_answer("AssumeRole", "ASIA1"));
    auto provider = find("p");
    ASSERT_TRUE(provider) << provider.error().message();
    EXPECT_EQ((*provider)->source(), "profile p, role arn:aws:iam::1:role/r");
    EXPECT_TRUE(http.seen.empty());
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA1");
    EXPECT_EQ(http.seen[0].url, "https://sts.eu-central-1.amazonaws.com/");
    EXPECT_EQ(http.seen[0].body,
              "Action=AssumeRole&DurationSeconds=1800&ExternalId=ext&RoleArn=arn%3Aaws%3Aiam%3A%"
              "3A1%3Arole%2Fr&RoleSessionName=me&Version=2011-06-15");
    EXPECT_THAT(http.seen[0].header("Authorization"),
                HasSubstr("AKIABASE/20261123/eu-central-1/sts/aws4_request"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA1");
}

TEST_F(FindCredentialsTest, ARoleIsRenewedWithTheCurrentKeys) {
    config("[profile p]\nrole_arn = r\nsource_profile = base\n");
    credentials("[base]\n" + keys("AKIAOLD"));
    auto provider = find("p");
    http.answer(200, sts_answer("AssumeRole", "ASIA1"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA1");
    EXPECT_THAT(http.seen[0].body, HasSubstr("RoleSessionName=zglacier-20261123T020000Z"));
    credentials("[base]\n" + keys("AKIANEW"));
    clock.advance(std::chrono::minutes(50));
    http.answer(200, sts_answer("AssumeRole", "ASIA2", "2026-11-23T04:00:00Z"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA2");
    EXPECT_THAT(http.seen[1].header("Authorization"), HasSubstr("AKIANEW"));
}

TEST_F(FindCredentialsTest, AssumesAChainOfRoles) {
    config(
        "[profile a]\nrole_arn = ra\nsource_profile = b\n[profile b]\nrole_arn = "
        "rb\nsource_profile = c\n[profile c]\n" +
        process("AKIAC"));
    auto provider = find("a");
    ASSERT_TRUE(provider) << provider.error().message();
    http.answer(200, sts_answer("AssumeRole", "ASIAB", "2026-11-23T06:00:00Z"));
    http.answer(200, sts_answer("AssumeRole", "ASIAA"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIAA");
    EXPECT_THAT(http.seen[0].body, HasSubstr("RoleArn=rb"));
    EXPECT_THAT(http.seen[0].header("Authorization"), HasSubstr("AKIAC/"));
    EXPECT_THAT(http.seen[1].body, HasSubstr("RoleArn=ra"));
    EXPECT_THAT(http.seen[1].header("Authorization"), HasSubstr("ASIAB/"));
    EXPECT_EQ(http.seen[1].header("x-amz-security-token"), mark + "TokenASIAB");
    // The role in the middle is valid for longer, so only the last one is assumed again.
    clock.advance(std::chrono::minutes(55));
    http.answer(200, sts_answer("AssumeRole", "ASIAA2", "2026-11-23T04:00:00Z"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIAA2");
    EXPECT_EQ(http.seen.size(), 3U);
}

TEST_F(FindCredentialsTest, AnExpiredCallerIsRenewedOnce) {
    config(
        "[profile a]\nrole_arn = ra\nsource_profile = b\n[profile b]\nrole_arn = "
        "rb\nsource_profile = c\n");
    credentials("[c]\n" + keys("AKIAC"));
    auto provider = find("a");
    http.answer(200, sts_answer("AssumeRole", "ASIAB"));
    http.answer(403, sts_error("ExpiredToken"));
    http.answer(200, sts_answer("AssumeRole", "ASIAB2"));
    http.answer(200, sts_answer("AssumeRole", "ASIAA"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIAA");
    EXPECT_THAT(http.seen[3].header("Authorization"), HasSubstr("ASIAB2/"));
}

TEST_F(FindCredentialsTest, AnInvalidKeyIsAnErrorAtOnce) {
    config("[profile a]\nrole_arn = ra\nsource_profile = c\n");
    credentials("[c]\n" + keys("AKIAC"));
    http.answer(403, sts_error("InvalidClientTokenId",
                               "The security token included in the request is invalid"));
    expect_get_error("a", ErrorKind::refused);
    EXPECT_EQ(http.seen.size(), 1U);
}

TEST_F(FindCredentialsTest, LoopsAreDetected) {
    config(
        "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile "
        "= c\n[profile c]\nrole_arn = r\nsource_profile = a\n"
        "[profile self]\nrole_arn = r\nsource_profile = self\n");
    for (const auto& [profile, ring] :
         {std::pair("a", "a -> b -> c -> a"), std::pair("self", "self -> self")}) {
        const auto provider = find(profile);
        ASSERT_FALSE(provider);
        expect_error(provider.error(), ErrorKind::usage);
        EXPECT_EQ(provider.error().what,
                  std::string("its source_profile settings form a loop: ") + ring);
    }
}

TEST_F(FindCredentialsTest, AProfileMayUseItsOwnKeysForItsRole) {
    credentials("[p]\n" + keys("AKIAOWN"));
    config(
        "[profile p]\nrole_arn = r\nsource_profile = p\n[profile q]\nrole_arn = r\nsource_profile "
        "= p\n");
    for (const char* profile : {"p", "q"}) {
        http.answer(200, sts_answer("AssumeRole", "ASIA1"));
        EXPECT_EQ(first_id(profile), "ASIA1");
        EXPECT_THAT(http.seen.back().header("Authorization"), HasSubstr("AKIAOWN/"));
    }
}

TEST_F(FindCredentialsTest, ARoleNeedsExactlyOneCaller) {
    const std::string role = "[profile p]\nrole_arn = r\n";
    const std::pair<const char*, const char*> cases[] = {
        {"", "source_profile"},
        {"source_profile = x\ncredential_source = Environment\n", "both"},
        {"source_profile = lost\n", "lost"},
        {"source_profile = empty\n", "no credentials"},
        {"credential_source = Elsewhere\n", "EcsContainer"},
        {"credential_source = Environment\n", "AWS_ACCESS_KEY_ID"},
        {"credential_source = EcsContainer\n", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"},
        {"credential_source = Environment\nmfa_serial = m\n", "one-time password"},
        {"credential_source = Environment\nduration_seconds = 1h\n", "duration_seconds"}};
    for (const auto& [rest, word] : cases) {
        config(role + rest + "[profile empty]\nregion = x\n");
        expect_wrong("p", word);
    }
}

TEST_F(FindCredentialsTest, CallersCanBeNamed) {
    set_keys("VARIABLES");
    config(
        "[profile e]\nrole_arn = r\ncredential_source = Environment\n[profile c]\nrole_arn = "
        "r\ncredential_source = EcsContainer\n"
        "[profile i]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n");
    const auto caller_of = [&](const char* profile) {
        http.answer(200, sts_answer("AssumeRole", "ASIA1"));
        EXPECT_EQ(first_id(profile), "ASIA1");
        return http.seen.back().header("Authorization");
    };
    EXPECT_THAT(caller_of("e"), HasSubstr("VARIABLES/"));
    variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    http.answer(200, json_answer("CONTAINER", "Token"));
    EXPECT_THAT(caller_of("c"), HasSubstr("CONTAINER/"));
    variables.erase("AWS_EC2_METADATA_DISABLED");
    http.answer(200, "token");
    http.answer(200, "role");
    http.answer(200, json_answer("INSTANCE", "Token"));
    EXPECT_THAT(caller_of("i"), HasSubstr("INSTANCE/"));
}

TEST_F(FindCredentialsTest, AProfileCanHaveAWebIdentity) {
    const std::string file = write("token", mark + "1\n");
    config("[profile w]\nrole_arn = r\nweb_identity_token_file = " + file +
           "\nrole_session_name = s\n[profile over]\nrole_arn = r2\nsource_profile = w\n");
    http.answer(200, sts_answer("AssumeRoleWithWebIdentity", "ASIAW"));
    http.answer(200, sts_answer("AssumeRole", "ASIAO"));
    EXPECT_EQ(first_id("over"), "ASIAO");
    EXPECT_EQ(http.seen[0].body,
              "Action=AssumeRoleWithWebIdentity&RoleArn=r&RoleSessionName=s&Version=2011-06-15&"
              "WebIdentityToken=" +
                  mark + "1");
    EXPECT_THAT(http.seen[1].header("Authorization"), HasSubstr("ASIAW/"));
}

TEST_F(FindCredentialsTest, AWebIdentityTokenIsReadWithEveryRenewal) {
    variables["AWS_ROLE_ARN"] = "r";
    variables["AWS_ROLE_SESSION_NAME"] = "s";
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = write("token", mark + "1");
    auto provider = find();
    http.answer(200, sts_answer("AssumeRoleWithWebIdentity", "ASIA1", "2026-11-23T02:00:05Z"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA1");
    write("token", mark + "2");
    clock.advance(std::chrono::seconds(4));
    http.answer(200, sts_answer("AssumeRoleWithWebIdentity", "ASIA2"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA2");
    EXPECT_THAT(http.seen[1].body,
                HasSubstr("RoleSessionName=s&Version=2011-06-15&WebIdentityToken=" + mark + "2"));
}

TEST_F(FindCredentialsTest, AWebIdentityMustBeComplete) {
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = home.path() + "/lost";
    expect_wrong("", "AWS_ROLE_ARN");
    variables["AWS_ROLE_ARN"] = "r";
    expect_get_error("", ErrorKind::usage);
    write("lost", "\n");
    expect_get_error("", ErrorKind::usage);
}

TEST_F(FindCredentialsTest, AnotherStsEndpointCanBeNamed) {
    credentials("[base]\n" + keys("AKIABASE"));
    config(
        "[profile p]\nrole_arn = r\nsource_profile = base\nendpoint_url = http://127.0.0.1:9000\n");
    http.answer(200, sts_answer("AssumeRole", "ASIA1"));
    EXPECT_EQ(first_id("p"), "ASIA1");
    EXPECT_EQ(http.seen[0].url, "http://127.0.0.1:9000/");
}

TEST_F(FindCredentialsTest, AnStsThatIsDownIsUnavailable) {
    credentials("[base]\n" + keys("AKIABASE"));
    config("[profile p]\nrole_arn = r\nsource_profile = base\n");
    http.break_down();
    expect_get_error("p", ErrorKind::unavailable);
}

}  // namespace
}  // namespace zg::aws
