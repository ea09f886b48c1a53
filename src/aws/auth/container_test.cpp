#include "aws/auth/container.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "aws/auth/credentials.hpp"
#include "aws/auth/testing/credentials.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

using testing::CredentialTest;
using testing::expect_error;
using testing::json_answer;
using testing::mark;

TEST(ContainerUrl, AllowsOnlySafeHosts) {
    for (const char* url : {"https://anywhere.example/x", "http://127.0.0.1:80/x",
                            "http://127.9.9.9", "http://localhost/x", "http://[::1]:9/x",
                            "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials",
                            "http://[fd00:ec2::23]/v1", "http://[fd00:0ec2:0::23]?x"})
        EXPECT_TRUE(container_url_allowed(url)) << url;
    for (const char* url : {"",
                            "ftp://127.0.0.1/",
                            "http://",
                            "http://example.com/",
                            "http://169.254.169.254/",
                            "http://127.0.0.1@example.com/",
                            "http://example.com#@127.0.0.1/",
                            "http://127.0.0.1.example.com/",
                            "http://127.0.0.1\\@example.com/",
                            "http://localhost.example.com",
                            "http://[fd00:ec2::24]/",
                            "http://[::1",
                            "http://[::1]x/",
                            "http://127.1/",
                            "http://0x7f000001/",
                            "//127.0.0.1/",
                            "http://[::ffff:8.8.8.8]/",
                            "http://%31%32%37.0.0.1/",
                            "http://127.0.0.1%20x/",
                            "HTTP://127.0.0.1/"})
        EXPECT_FALSE(container_url_allowed(url)) << url;
}

class ContainerTest : public CredentialTest {
  protected:
    void SetUp() override {
        CredentialTest::SetUp();
        variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
    }
    Result<Credentials> fetch() {
        auto provider = find();
        if (!provider) return fail(provider.error());
        EXPECT_EQ((*provider)->source(), "container endpoint");
        return (*provider)->get();
    }
    void expect_failure(ErrorKind kind) {
        const auto got = fetch();
        ASSERT_FALSE(got);
        expect_error(got.error(), kind);
    }
};

TEST_F(ContainerTest, FetchesFromTheEndpointOfEcs) {
    http.answer(200, json_answer("ASIA1", "Token"));
    const auto got = fetch();
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->session_token.reveal(), mark + "Token");
    EXPECT_TRUE(got->expires);
    EXPECT_EQ(http.seen[0].method, "GET");
    EXPECT_EQ(http.seen[0].url, "http://169.254.170.2/v2/credentials/x");
    EXPECT_EQ(http.seen[0].header("Authorization"), "");
    EXPECT_LE(http.seen[0].timeout, std::chrono::seconds(2));
    EXPECT_GT(http.seen[0].timeout, std::chrono::seconds(0));
}

TEST_F(ContainerTest, FetchesFromAFullUrlWithATokenFromAFile) {
    variables.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this";
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = write("token", mark + "1\n");
    http.answer(200, json_answer("ASIA1", "Token", "2026-11-23T02:00:05Z"));
    http.answer(200, json_answer("ASIA2", "Token"));
    auto provider = find();
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA1");
    EXPECT_EQ(http.seen[0].url, "http://169.254.170.23/v1/credentials");
    EXPECT_EQ(http.seen[0].header("Authorization"), mark + "1");
    write("token", mark + "2");
    clock.advance(std::chrono::seconds(5));
    EXPECT_EQ((*provider)->get()->access_key_id, "ASIA2");
    EXPECT_EQ(http.seen[1].header("Authorization"), mark + "2");
}

TEST_F(ContainerTest, TakesATokenFromAVariable) {
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic abc";
    http.answer(200, json_answer("ASIA1", "Token"));
    ASSERT_TRUE(fetch());
    EXPECT_EQ(http.seen[0].header("Authorization"), "Basic abc");
}

TEST_F(ContainerTest, SendsNothingToOtherHosts) {
    for (const char* relative : {"v2/x", "@example.com/", ".example.com/"}) {
        variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = relative;
        expect_failure(ErrorKind::usage);
    }
    variables.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://example.com/" + mark;
    expect_failure(ErrorKind::usage);
    EXPECT_TRUE(http.seen.empty());
}

TEST_F(ContainerTest, RefusesATokenThatIsNotAValidHeader) {
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = mark + "\r\nX: y";
    expect_failure(ErrorKind::usage);
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = home.path() + "/lost";
    expect_failure(ErrorKind::usage);
    EXPECT_TRUE(http.seen.empty());
}

TEST_F(ContainerTest, DistinguishesErrorsOfTheEndpoint) {
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = mark;
    http.answer(403, R"({"code":"AccessDenied","message":"token )" + mark + R"( is not good"})");
    expect_failure(ErrorKind::refused);
    http.answer(500, "oops " + mark);
    expect_failure(ErrorKind::unavailable);
    http.answer(429, "");
    expect_failure(ErrorKind::unavailable);
    http.answer(200, "<html>" + mark);
    expect_failure(ErrorKind::usage);
    http.answer(200, R"({"AccessKeyId":")" + mark + R"("})");
    expect_failure(ErrorKind::usage);
    http.break_down();
    expect_failure(ErrorKind::unavailable);
}

}  // namespace
}  // namespace zg::aws
