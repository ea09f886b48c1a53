
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "aws/auth/testing/credentials.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

using testing::CredentialTest;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::mark;

class ImdsTest : public CredentialTest {
  protected:
    void SetUp() override {
        CredentialTest::SetUp();
        variables.erase("AWS_EC2_METADATA_DISABLED");
    }
    void answer_all(const std::string& last) {
        http.answer(200, mark + "Imds");
        http.answer(200, "backup-role\n");
        http.answer(200, last);
    }
    void expect_failure(ErrorKind kind, const std::string& profile = "") {
        auto provider = find(profile);
        ASSERT_TRUE(provider) << provider.error().message();
        const auto got = (*provider)->get();
        ASSERT_FALSE(got);
        expect_error(got.error(), kind);
    }
};

TEST_F(ImdsTest, RequestsTokenRoleAndCredentials) {
    answer_all(json_answer("ASIA1", "Token"));
    EXPECT_EQ(first_id(), "ASIA1");
    ASSERT_EQ(http.seen.size(), 3U);
    EXPECT_EQ(http.seen[0].method, "PUT");
    EXPECT_EQ(http.seen[0].url, "http://169.254.169.254/latest/api/token");
    EXPECT_NE(http.seen[0].header("x-aws-ec2-metadata-token-ttl-seconds"), "");
    EXPECT_EQ(http.seen[1].url,
              "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
    EXPECT_EQ(http.seen[2].url,
              "http://169.254.169.254/latest/meta-data/iam/security-credentials/backup-role");
    for (const std::size_t i : {1U, 2U}) {
        EXPECT_EQ(http.seen[i].method, "GET");
        EXPECT_EQ(http.seen[i].header("X-aws-ec2-metadata-token"), mark + "Imds");
    }
    for (const auto& seen : http.seen) EXPECT_EQ(seen.timeout, std::chrono::seconds(1));
}

TEST_F(ImdsTest, AnotherEndpointCanBeNamed) {
    config("[default]\nec2_metadata_service_endpoint = http://[fd00:ec2::254]\n");
    http.break_down();
    expect_failure(ErrorKind::refused);
    EXPECT_EQ(http.seen[0].url, "http://[fd00:ec2::254]/latest/api/token");
    variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1338/";
    http.break_down();
    expect_failure(ErrorKind::refused);
    EXPECT_EQ(http.seen[1].url, "http://127.0.0.1:1338/latest/api/token");
}

TEST_F(ImdsTest, OutsideEc2TheErrorNamesTheSimplestWays) {
    http.break_down();
    auto provider = find();
    ASSERT_TRUE(provider);
    const auto got = (*provider)->get();
    ASSERT_FALSE(got);
    expect_error(got.error(), ErrorKind::refused);
    EXPECT_THAT(got.error().hint, HasSubstr("AWS_ACCESS_KEY_ID"));
    EXPECT_EQ(http.seen.size(), 1U);
}

TEST_F(ImdsTest, OtherCloudsMayAnswer) {
    http.answer(404, "nothing here");
    expect_failure(ErrorKind::refused);
    http.answer(405, mark);
    expect_failure(ErrorKind::refused);
}

TEST_F(ImdsTest, AnInstanceMayHaveNoRole) {
    http.answer(200, mark);
    http.answer(404, "");
    expect_failure(ErrorKind::refused);
    answer_all(
        R"({"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"})");
    expect_failure(ErrorKind::refused);
    answer_all("<html>" + mark);
    expect_failure(ErrorKind::refused);
}

TEST_F(ImdsTest, AServiceThatHasAnsweredOnceIsUnavailableLater) {
    answer_all(json_answer("ASIA1", "Token"));
    auto provider = find();
    const auto used = (*provider)->get();
    ASSERT_TRUE(used);
    (*provider)->refused(*used);
    http.break_down();
    expect_error((*provider)->get().error(), ErrorKind::unavailable);
    answer_all(json_answer("ASIA2", "Token"));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA2");
}

TEST_F(ImdsTest, ExpiredCredentialsAreUsedForAWhile) {
    answer_all(json_answer("ASIA1", "Token", "2026-11-23T01:00:00Z"));
    auto provider = find();
    const auto got = (*provider)->get();
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_GT(*got->expires, clock.now());
}

TEST_F(ImdsTest, ARoleNamedByAProfileIsUnavailableNotMissing) {
    config("[profile p]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n");
    http.break_down();
    expect_failure(ErrorKind::unavailable, "p");
}

TEST_F(ImdsTest, CanBeDisabled) {
    variables["AWS_EC2_METADATA_DISABLED"] = "true";
    expect_wrong("", "AWS_ACCESS_KEY_ID", ErrorKind::refused);
    config("[profile p]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n");
    expect_wrong("p", "AWS_EC2_METADATA_DISABLED");
}

}  // namespace
}  // namespace zg::aws
