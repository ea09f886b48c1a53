// Requests are retried in one place: SignedHttp::retrying().
#include "aws/auth/retries.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "aws/s3/s3.hpp"
#include "aws/sns/sns.hpp"
#include "aws/testing/service.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "net/http.hpp"

namespace zg::aws {
namespace {

using testing::ServiceHttp;
using namespace std::chrono_literals;

/// A server that is always down.
struct Down final : net::Http {
    Result<net::Response> send(const net::Request&) override {
        return fail({.kind = ErrorKind::unavailable, .what = "connection refused"});
    }
};

class RetriesTest : public testing::S3Test {
  protected:
    RetriesTest() {
        retry = {.budget = 600s};
        open({.bucket = "bucket", .region = "eu-central-1"});
    }
    void lost() {
        http.step([](const net::Request&) -> Result<net::Response> {
            return fail({.kind = ErrorKind::unavailable, .what = "the connection was cut"});
        });
    }
    std::unique_ptr<Glacier> glacier() { return open_glacier({}, context()); }
};

TEST_F(RetriesTest, EachRetryIsLoggedOnceAndTheAnswerCounts) {
    lost();
    http.error(503, "SlowDown");
    http.answer(204);
    EXPECT_TRUE(s3->delete_object("key", ""));
    ASSERT_EQ(log.warnings.size(), 2U);
    EXPECT_NE(log.warnings[0].find("the connection was cut; try 2 in "), std::string::npos)
        << log.warnings[0];
    EXPECT_NE(log.warnings[1].find("; try 3 in "), std::string::npos) << log.warnings[1];
}

TEST_F(RetriesTest, OnlyATransientFailureIsRetried) {
    for (const auto& [status, code] :
         {std::pair{403, "AccessDenied"}, {507, "QuotaExceeded"}, {400, "BadDigest"}}) {
        http.error(status, code);
        EXPECT_FALSE(s3->put_object("key", as_bytes("x"), {}, false));
    }
    EXPECT_TRUE(log.warnings.empty());
}

TEST_F(RetriesTest, GivesUpWhenItsTimeIsOverAndReportsThat) {
    Down down;
    ClientContext with = context();
    const ClientContext broken{.http = down,
                               .credentials = with.credentials,
                               .clock = with.clock,
                               .log = with.log,
                               .random = with.random,
                               .retry = retry};
    const auto bucket = open_s3({.bucket = "bucket"}, broken);
    const auto begun = clock.monotonic();
    expect_error(bucket->head_object("a"), ErrorKind::unavailable, " tries");
    EXPECT_FALSE(bucket->head_object("a").error().hint.empty());
    EXPECT_GT(log.warnings.size(), 20U);
    EXPECT_LE(clock.monotonic() - begun, 1200s);
    EXPECT_GE(clock.monotonic() - begun, 1000s);
    const auto sns = open_sns({.region = "eu-central-1"}, broken);
    expect_error(sns->list_subscriptions(""), ErrorKind::unavailable, " tries");
    const auto vaults = open_glacier({}, broken);
    expect_error(vaults->list_vaults(), ErrorKind::unavailable, " tries");
}

TEST_F(RetriesTest, AnUnreadableAnswerIsRequestedAgain) {
    http.answer(200, "<html>a proxy's page</html>");
    http.answer(200, "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>");
    EXPECT_EQ(s3->list_objects("").value().size(), 1U);
    http.answer(200, "<Error><Code>InternalError</Code></Error>");
    http.answer(200,
                "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
    EXPECT_TRUE(s3->complete_multipart_upload("k", "u", {}, true));
    http.error(409, "OperationAborted");
    http.error(409, "RestoreAlreadyInProgress");
    EXPECT_EQ(s3->restore_object("k", std::chrono::days(1), "Bulk"),
              RestoreOutcome::already_in_progress);
    http.cut(206, "");
    http.answer(206, "1");
    Buffer into(1);
    EXPECT_EQ(s3->get_object("k", 0, into).value(), 1U);
    EXPECT_EQ(log.warnings.size(), 4U);
}

TEST_F(RetriesTest, APartChangedInTransitIsSentAgain) {
    const Buffer part = to_buffer("part");
    http.error(400, "BadDigest");
    http.answer(200, "", {{"ETag", "e"}});
    EXPECT_TRUE(s3->upload_part("k", "u", 1, part, codec::sha256(part)));
    EXPECT_NE(log.all().find("part 1 was changed in transit to the store; try 2"),
              std::string::npos)
        << log.all();
    // A part that was wrong before it was sent would be wrong again.
    http.error(400, "BadDigest");
    expect_error(s3->upload_part("k", "u", 1, part, codec::sha256(as_bytes("other"))),
                 ErrorKind::damage);

    const auto digests = codec::tree_hash(part);
    const std::string mismatch =
        R"({"code":"InvalidParameterValueException","message":"Checksum mismatch"})";
    http.answer(400, mismatch);
    http.answer(204);
    EXPECT_TRUE(glacier()->upload_part("v", "u", 0, part, digests));
    http.answer(400, mismatch);
    expect_error(glacier()->upload_part("v", "u", 0, part, codec::tree_hash(as_bytes("other"))),
                 ErrorKind::damage);
    EXPECT_EQ(log.warnings.size(), 2U);
}

TEST_F(RetriesTest, AJobIsSearchedForBeforeItIsRequestedAgain) {
    const JobRequest request{.archive_id = "a", .description = "d"};
    lost();
    http.answer(200, R"({"JobList":[
        {"JobId":"old","Action":"ArchiveRetrieval","ArchiveId":"a","JobDescription":"d",
         "CreationDate":"2026-11-23T01:00:00.000Z"},
        {"JobId":"other","Action":"ArchiveRetrieval","ArchiveId":"b","JobDescription":"d",
         "CreationDate":"2026-11-23T02:00:00.000Z"},
        {"JobId":"mine","Action":"ArchiveRetrieval","ArchiveId":"a","JobDescription":"d",
         "CreationDate":"2026-11-23T02:00:00.000Z"}]})");
    EXPECT_EQ(glacier()->initiate_job("v", request).value(), "mine");
    http.answer(400, R"({"code":"ThrottlingException","message":"slow down"})");
    http.answer(200, R"({"JobList":[]})");
    http.answer(202, "", {{"x-amz-job-id", "new"}});
    EXPECT_EQ(glacier()->initiate_job("v", request).value(), "new");
    EXPECT_EQ(log.warnings.size(), 2U);
}

TEST_F(RetriesTest, CallsOfSnsAreRetriedToo) {
    const auto sns = open_sns({.region = "eu-central-1"}, context());
    lost();
    http.answer(400, "<ErrorResponse><Error><Code>Throttled</Code></Error></ErrorResponse>");
    http.answer(200,
                "<CreateTopicResponse><CreateTopicResult><TopicArn>arn:t</TopicArn>"
                "</CreateTopicResult></CreateTopicResponse>");
    EXPECT_EQ(sns->create_topic("done").value(), "arn:t");
    EXPECT_EQ(log.warnings.size(), 2U);
    lost();
    http.answer(200,
                "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>arn:t</TopicArn>"
                "</member></Topics></ListTopicsResult></ListTopicsResponse>");
    EXPECT_EQ(sns->list_topics().value(), std::vector<std::string>{"arn:t"});
    lost();
    http.answer(200,
                "<SubscribeResponse><SubscribeResult><SubscriptionArn>arn:s</SubscriptionArn>"
                "</SubscribeResult></SubscribeResponse>");
    EXPECT_EQ(sns->subscribe("arn:t", "sqs", "arn:q").value(), "arn:s");
    EXPECT_EQ(log.warnings.size(), 4U);
}

}  // namespace
}  // namespace zg::aws
