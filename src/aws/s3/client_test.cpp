
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "aws/s3/s3.hpp"
#include "aws/testing/service.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {
namespace {

using testing::S3Test;
using testing::ServiceHttp;

constexpr auto empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

class S3ClientTest : public S3Test {
  protected:
    /// The URL of the first request to a bucket with this configuration.
    std::string url_of(BucketConfig config) {
        open(std::move(config));
        http.answer(200);
        EXPECT_TRUE(s3->delete_object("a b/c+d", ""));
        return http.seen.back().url;
    }
};

TEST_F(S3ClientTest, SignsForTheBucketsRegionAndTheCurrentTime) {
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", "v/1"));
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "DELETE");
    EXPECT_EQ(seen.url, "https://bucket.s3.eu-central-1.amazonaws.com/key?versionId=v%2F1");
    EXPECT_EQ(seen.authorization("Credential"), "KEY1/20261123/eu-central-1/s3/aws4_request");
    EXPECT_EQ(seen.authorization("SignedHeaders"),
              "host;x-amz-content-sha256;x-amz-date;x-amz-security-token");
    EXPECT_EQ(seen.header("x-amz-content-sha256"), empty_hash);
    EXPECT_EQ(seen.header("x-amz-request-payer"), "(none)");
}

TEST_F(S3ClientTest, FindsTheBucketsUrl) {
    const std::string path = "/a%20b/c%2Bd";
    EXPECT_EQ(url_of({.bucket = "b", .region = "us-east-1"}),
              "https://b.s3.us-east-1.amazonaws.com" + path);
    EXPECT_EQ(url_of({.bucket = "b.c", .region = "us-east-1"}),
              "https://s3.us-east-1.amazonaws.com/b.c" + path);
    EXPECT_EQ(url_of({.bucket = "b", .region = "us-east-1", .addressing = Addressing::path}),
              "https://s3.us-east-1.amazonaws.com/b" + path);
    EXPECT_EQ(url_of({.bucket = "b", .region = "cn-north-1"}),
              "https://b.s3.cn-north-1.amazonaws.com.cn" + path);
    EXPECT_EQ(url_of({.bucket = "b", .endpoint = "http://127.0.0.1:9000/"}),
              "http://127.0.0.1:9000/b" + path);
    EXPECT_EQ(
        url_of({.bucket = "b", .endpoint = "https://host", .addressing = Addressing::virtual_host}),
        "https://b.host" + path);
    EXPECT_EQ(url_of({.bucket = "b", .endpoint = "https://host/s3/"}), "https://host/s3/b" + path);
}

TEST_F(S3ClientTest, EveryCallNamesThePayerAndTheExpectedOwner) {
    open({.bucket = "bucket", .requester_pays = true, .expected_owner = "123456789012"});
    http.answer(200);
    http.answer(200, "", {{"ETag", "e"}});
    http.answer(404);
    ASSERT_TRUE(s3->delete_object("key", ""));
    ASSERT_TRUE(s3->upload_part("key", "id", 1, {}, {}));
    ASSERT_FALSE(s3->head_object("key"));
    for (const ServiceHttp::Seen& seen : http.seen) {
        EXPECT_EQ(seen.header("x-amz-request-payer"), "requester");
        EXPECT_EQ(seen.header("x-amz-expected-bucket-owner"), "123456789012");
        EXPECT_NE(seen.authorization("SignedHeaders").find("x-amz-expected-bucket-owner"),
                  std::string::npos);
    }
}

// --- region

TEST_F(S3ClientTest, FollowsTheBucketToItsRegionAndStaysThere) {
    http.error(301, "PermanentRedirect", "<Endpoint>bucket.s3.us-west-2.amazonaws.com</Endpoint>",
               {{"x-amz-bucket-region", "us-west-2"}});
    http.answer(204);
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    ASSERT_TRUE(s3->delete_object("key", ""));
    ASSERT_EQ(http.seen.size(), 3U);
    for (const std::size_t i : {1U, 2U}) {
        EXPECT_EQ(http.seen[i].url, "https://bucket.s3.us-west-2.amazonaws.com/key");
        EXPECT_EQ(http.seen[i].region(), "us-west-2");
    }
}

TEST_F(S3ClientTest, FollowsTheRegionInEveryFormOfAnswer) {
    for (const int status : {301, 307, 400}) {
        open({.bucket = "bucket"});
        http.error(status, status == 400 ? "AuthorizationHeaderMalformed" : "PermanentRedirect",
                   "<Region>eu-west-3</Region>");
        http.answer(204);
        ASSERT_TRUE(s3->delete_object("key", "")) << status;
        EXPECT_EQ(http.seen.back().region(), "eu-west-3");
    }
    for (const int status : {301, 400}) {
        open({.bucket = "bucket"});
        http.answer(status, "", {{"X-Amz-Bucket-Region", "eu-west-3"}});
        http.answer(200);
        ASSERT_TRUE(s3->head_bucket()) << status;
        EXPECT_EQ(http.seen.back().url, "https://bucket.s3.eu-west-3.amazonaws.com/");
    }
}

TEST_F(S3ClientTest, AnExplicitEndpointKeepsItsHost) {
    open({.bucket = "bucket", .endpoint = "http://127.0.0.1:9000"});
    http.error(400, "AuthorizationHeaderMalformed", "<Region>here</Region>");
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().url, "http://127.0.0.1:9000/bucket/key");
    EXPECT_EQ(http.seen.back().region(), "here");
}

TEST_F(S3ClientTest, FollowsOnlyOnceAndOnlyToAnotherRegion) {
    http.error(301, "PermanentRedirect", "<Region>us-west-1</Region>");
    http.error(301, "PermanentRedirect", "<Region>us-west-2</Region>");
    expect_error(s3->delete_object("key", ""), ErrorKind::usage, "region=");
    http.error(301, "PermanentRedirect", "<Region>us-west-1</Region>");
    expect_error(s3->delete_object("key", ""), ErrorKind::usage, "region=");
    http.error(307, "TemporaryRedirect");
    expect_error(s3->delete_object("key", ""), ErrorKind::unavailable);
}

TEST_F(S3ClientTest, AnInvalidRegionIsNotFollowed) {
    http.error(301, "PermanentRedirect", "<Region>evil.example/</Region>");
    expect_error(s3->delete_object("key", ""), ErrorKind::usage);
}

TEST_F(S3ClientTest, ARegionThatAnotherThreadHasFoundIsFollowed) {
    http.step([&](const net::Request& request) {
        // While this answer is on its way, another call finds the region.
        http.error(301, "PermanentRedirect", "<Region>us-west-2</Region>");
        http.answer(204);
        EXPECT_TRUE(s3->delete_object("other", ""));
        http.answer(204);
        return ServiceHttp::respond(
            request, 301, "<Error><Code>PermanentRedirect</Code><Region>us-west-2</Region></Error>",
            {});
    });
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().region(), "us-west-2");
}

// --- clock

const net::Headers half_an_hour_later{{"Date", "Mon, 23 Nov 2026 02:30:00 GMT"}};

TEST_F(S3ClientTest, UsesTheServersTimeAndLogsThatOnce) {
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    http.answer(204);
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    clock.advance(std::chrono::minutes(1));
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen[0].header("x-amz-date"), "20261123T020000Z");
    EXPECT_EQ(http.seen[1].header("x-amz-date"), "20261123T023000Z");
    EXPECT_EQ(http.seen[2].header("x-amz-date"), "20261123T023100Z");
    ASSERT_EQ(log.warnings.size(), 1U);
    EXPECT_NE(log.warnings[0].find("30 minutes behind"), std::string::npos) << log.warnings[0];
}

TEST_F(S3ClientTest, AClockThatJumpsLaterIsCorrectedAgain) {
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    clock.set(clock.now() + std::chrono::minutes(30));
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().header("x-amz-date"), "20261123T023000Z");
    EXPECT_EQ(log.warnings.size(), 1U);
}

TEST_F(S3ClientTest, HeadDetectsASkewedClockByTheDate) {
    http.answer(403, "", {{"Date", "Mon, 23 Nov 2026 01:40:00 GMT"}});
    http.answer(200, "", {{"Content-Length", "1"}});
    ASSERT_TRUE(s3->head_object("key"));
    EXPECT_EQ(http.seen.back().header("x-amz-date"), "20261123T014000Z");
    EXPECT_NE(log.warnings.at(0).find("20 minutes ahead"), std::string::npos);
}

TEST_F(S3ClientTest, ACorrectClockIsNotTheReasonForARefusal) {
    http.answer(403, "", {{"Date", "Mon, 23 Nov 2026 02:05:00 GMT"}});
    expect_error(s3->head_object("key"), ErrorKind::refused, "s3:GetObject");
    EXPECT_TRUE(log.warnings.empty());
}

TEST_F(S3ClientTest, APersistentSkewIsReported) {
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    expect_error(s3->delete_object("key", ""), ErrorKind::refused, "clock");
    http.error(403, "RequestTimeTooSkewed");
    expect_error(s3->delete_object("key", ""), ErrorKind::refused, "clock");
}

TEST_F(S3ClientTest, ARequestAfterASleepIsSignedAgain) {
    http.step([&](const net::Request& request) {
        clock.advance(std::chrono::minutes(30));
        return ServiceHttp::respond(
            request, 403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", half_an_hour_later);
    });
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().header("x-amz-date"), "20261123T023000Z");
    EXPECT_TRUE(log.warnings.empty());
}

TEST_F(S3ClientTest, ATimeThatAnotherThreadHasCorrectedIsUsed) {
    http.step([&](const net::Request& request) {
        http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
        http.answer(204);
        EXPECT_TRUE(s3->delete_object("other", ""));
        http.answer(200, "", {{"Content-Length", "1"}});
        return ServiceHttp::respond(request, 403, "", half_an_hour_later);
    });
    ASSERT_TRUE(s3->head_object("key"));
    EXPECT_EQ(log.warnings.size(), 1U);
}

// --- credentials

TEST_F(S3ClientTest, RenewsCredentialsThatExpired) {
    for (const int status : {400, 403}) {
        for (const std::string code :
             {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}) {
            const std::string next = "KEY" + std::to_string(credentials.number + 1);
            http.error(status, code);
            http.answer(204);
            ASSERT_TRUE(s3->delete_object("key", "")) << code;
            EXPECT_TRUE(http.seen.back().authorization("Credential").starts_with(next));
        }
    }
}

TEST_F(S3ClientTest, RenewsCredentialsOnceForACall) {
    http.error(400, "ExpiredToken");
    http.error(400, "ExpiredToken");
    expect_error(s3->delete_object("key", ""), ErrorKind::refused, "credential_process");
    EXPECT_EQ(credentials.number, 2);
}

TEST_F(S3ClientTest, HeadCanOnlyGuessThatTheTokenExpired) {
    http.answer(400);
    http.answer(200, "", {{"Content-Length", "1"}});
    ASSERT_TRUE(s3->head_object("key"));
    EXPECT_EQ(credentials.number, 2);
    http.answer(400);
    http.answer(400);
    expect_error(s3->head_object("key"), ErrorKind::refused, "token");
    credentials.long_term = true;
    http.answer(400);
    expect_error(s3->head_object("key"), ErrorKind::refused, "region");
}

TEST_F(S3ClientTest, WithoutCredentialsNothingIsSent) {
    credentials.broken = true;
    expect_error(s3->delete_object("key", ""), ErrorKind::refused, "no credentials");
    EXPECT_TRUE(http.seen.empty());
}

TEST_F(S3ClientTest, ALongTermKeySendsNoToken) {
    credentials.long_term = true;
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().header("x-amz-security-token"), "(none)");
}

TEST_F(S3ClientTest, RegionClockAndTokenCanAllBeWrongAtOnce) {
    http.error(301, "PermanentRedirect", "<Region>us-west-2</Region>");
    http.error(403, "RequestTimeTooSkewed", "", half_an_hour_later);
    http.error(400, "ExpiredToken");
    http.answer(204);
    ASSERT_TRUE(s3->delete_object("key", ""));
    EXPECT_EQ(http.seen.back().authorization("Credential"),
              "KEY2/20261123/us-west-2/s3/aws4_request");
}

TEST_F(S3ClientTest, AnErrorOfTheConnectionIsNotRetriedHere) {
    http.step([](const net::Request&) -> Result<net::Response> {
        return fail({.kind = ErrorKind::unavailable, .what = "cut"});
    });
    expect_error(s3->delete_object("key", ""), ErrorKind::unavailable, "cut");
}

// --- times

TEST(S3TimeTest, ReadsBothForms) {
    const TimePoint time = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) +
                           std::chrono::hours(6) + std::chrono::minutes(38) +
                           std::chrono::seconds(4);
    EXPECT_EQ(parse_http_date("Mon, 23 Nov 2026 06:38:04 GMT"), time);
    EXPECT_EQ(parse_iso_time("2026-11-23T06:38:04.000Z"), time);
    EXPECT_EQ(parse_iso_time("2026-11-23T06:38:04Z"), time);
    EXPECT_EQ(parse_http_date("yesterday"), std::nullopt);
    EXPECT_EQ(parse_http_date(""), std::nullopt);
    EXPECT_EQ(parse_iso_time("2026-11-23"), std::nullopt);
}

}  // namespace
}  // namespace zg::aws
