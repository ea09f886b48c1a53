#include "aws/auth/sts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "aws/auth/credentials.hpp"
#include "aws/auth/testing/credentials.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {
namespace {

using ::testing::AllOf;
using testing::CredentialTest;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::mark;
using testing::secret_key;
using testing::sts_answer;
using testing::sts_error;

class StsTest : public CredentialTest {
  protected:
    StsResult assume(const std::string& url = "https://sts.eu-central-1.amazonaws.com") {
        Sts sts(http, clock, {.url = url, .region = "eu-central-1"}, "profile p");
        return sts.assume_role(role, caller);
    }
    StsResult assume_web() {
        Sts sts(http, clock, {.url = "https://sts.amazonaws.com", .region = "us-east-1"},
                "profile p");
        return sts.assume_role_with_web_identity(role, Secret(mark + "Web=="));
    }
    Result<StsEndpoint> endpoint(const std::string& region) {
        return sts_endpoint(Environment(variables), "", region);
    }

    RoleRequest role{.role_arn = "arn:aws:iam::1:role/r", .session_name = "s"};
    Credentials caller{.access_key_id = "AKIACALLER",
                       .secret_access_key = Secret(secret_key),
                       .session_token = Secret(mark + "Token")};
};

TEST_F(StsTest, AssumesARole) {
    role.external_id = "a b&c";
    role.duration_seconds = "900";
    http.answer(200, sts_answer("AssumeRole", "ASIA1"));
    const auto got = assume();
    ASSERT_TRUE(got) << got.error().error.message();
    EXPECT_EQ(got->access_key_id, "ASIA1");
    EXPECT_EQ(got->secret_access_key.reveal(), secret_key);
    EXPECT_EQ(got->session_token.reveal(), mark + "TokenASIA1");
    EXPECT_EQ(rfc3339_utc(*got->expires), "2026-11-23T03:00:00Z");
    const auto& seen = http.seen.at(0);
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.url, "https://sts.eu-central-1.amazonaws.com/");
    EXPECT_EQ(seen.body,
              "Action=AssumeRole&DurationSeconds=900&ExternalId=a%20b%26c&RoleArn=arn%3Aaws%3Aiam%"
              "3A%3A1%3Arole%2Fr&RoleSessionName=s&Version=2011-06-15");
    EXPECT_THAT(seen.header("Content-Type"), HasSubstr("application/x-www-form-urlencoded"));
    EXPECT_THAT(seen.header("Authorization"),
                AllOf(HasSubstr("AKIACALLER/20261123/eu-central-1/sts/aws4_request"),
                      HasSubstr("content-type;host;")));
    EXPECT_EQ(seen.header("x-amz-security-token"), mark + "Token");
    EXPECT_GT(seen.timeout, std::chrono::seconds(0));
}

TEST_F(StsTest, AWebIdentityIsNotSigned) {
    http.answer(200, sts_answer("AssumeRoleWithWebIdentity", "ASIA1"));
    ASSERT_TRUE(assume_web());
    const auto& seen = http.seen.at(0);
    EXPECT_THAT(seen.body, AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity&"),
                                 HasSubstr("&WebIdentityToken=" + mark + "Web%3D%3D")));
    EXPECT_EQ(seen.header("Authorization"), "");
}

TEST_F(StsTest, AnEndpointMayHaveAPathAndAPort) {
    http.answer(200, sts_answer("AssumeRole", "ASIA1"));
    ASSERT_TRUE(assume("http://127.0.0.1:9000/sts"));
    EXPECT_EQ(http.seen.at(0).url, "http://127.0.0.1:9000/sts");
}

TEST_F(StsTest, DistinguishesRefusals) {
    const struct {
        int status;
        const char* code;
        ErrorKind kind;
        bool caller;
    } cases[] = {{403, "AccessDenied", ErrorKind::refused, false},
                 {403, "ExpiredToken", ErrorKind::refused, true},
                 {403, "InvalidClientTokenId", ErrorKind::refused, true},
                 {403, "SignatureDoesNotMatch", ErrorKind::refused, false},
                 {400, "ExpiredTokenException", ErrorKind::refused, true},
                 {400, "InvalidIdentityToken", ErrorKind::refused, false},
                 {400, "IDPCommunicationError", ErrorKind::unavailable, false},
                 {400, "Throttling", ErrorKind::unavailable, false},
                 {503, "ServiceUnavailable", ErrorKind::unavailable, false},
                 {400, "ValidationError", ErrorKind::usage, false},
                 {403, "RegionDisabledException", ErrorKind::usage, false}};
    for (const auto& one : cases) {
        http.answer(one.status,
                    sts_error(one.code, "you said " + secret_key +
                                            " and\nx-amz-security-token:" + mark + "Token"));
        const auto got = assume();
        ASSERT_FALSE(got);
        expect_error(got.error().error, one.kind);
        EXPECT_EQ(got.error().caller_refused, one.caller) << one.code;
        EXPECT_THAT(got.error().error.message(), HasSubstr(one.code));
    }
}

TEST_F(StsTest, AnIdentityTokenIsNotShown) {
    http.answer(400, sts_error("InvalidIdentityToken", "the token " + mark + "Web== is not good"));
    const auto got = assume_web();
    ASSERT_FALSE(got);
    expect_error(got.error().error, ErrorKind::refused);
    EXPECT_THAT(got.error().error.message(), HasSubstr("is not good"));
}

TEST_F(StsTest, RefusesAnAnswerThatIsNotOfSts) {
    for (const std::string& body :
         {std::string(), "<html>" + mark, std::string("{}"),
          sts_answer("AssumeRoleWithWebIdentity", "ASIA1"), sts_answer("AssumeRole", ""),
          sts_answer("AssumeRole", "ASIA1", mark)}) {
        http.answer(200, body);
        const auto got = assume();
        ASSERT_FALSE(got) << body;
        expect_error(got.error().error, ErrorKind::usage);
    }
    http.answer(404, "<html>" + mark);
    const Error no_sts = assume().error().error;
    expect_error(no_sts, ErrorKind::usage);
    EXPECT_THAT(no_sts.hint, HasSubstr("AWS_ENDPOINT_URL_STS"));
    http.answer(502, mark);
    expect_error(assume().error().error, ErrorKind::unavailable);
    http.break_down();
    expect_error(assume().error().error, ErrorKind::unavailable);
    http.break_down(ErrorKind::usage);
    expect_error(assume().error().error, ErrorKind::usage);
}

TEST_F(StsTest, TheSourcesOfTheEndpointHaveAnOrder) {
    EXPECT_EQ(endpoint("")->url, "https://sts.amazonaws.com");
    EXPECT_EQ(endpoint("")->region, "us-east-1");
    EXPECT_EQ(endpoint("eu-central-1")->url, "https://sts.eu-central-1.amazonaws.com");
    EXPECT_EQ(endpoint("eu-central-1")->region, "eu-central-1");
    EXPECT_EQ(endpoint("cn-north-1")->url, "https://sts.cn-north-1.amazonaws.com.cn");
    config("[default]\nendpoint_url = https://config\n");
    EXPECT_EQ(endpoint("eu-central-1")->url, "https://config");
    variables["AWS_ENDPOINT_URL"] = "https://all";
    EXPECT_EQ(endpoint("eu-central-1")->url, "https://all");
    variables["AWS_ENDPOINT_URL_STS"] = "https://own/";
    EXPECT_EQ(endpoint("")->url, "https://own");
    EXPECT_EQ(endpoint("")->region, "us-east-1");
}

TEST_F(StsTest, RefusesAnInvalidEndpoint) {
    expect_error(endpoint("x.example.com/").error(), ErrorKind::usage);
    variables["AWS_ENDPOINT_URL_STS"] = "sts.example.com";
    expect_error(endpoint("").error(), ErrorKind::usage);
}

}  // namespace
}  // namespace zg::aws
