#include "aws/glacier/glacier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "aws/testing/service.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "net/http.hpp"

namespace zg::aws {
namespace {

using testing::ServiceHttp;
using namespace std::chrono_literals;

const std::string hash_a = std::string(64, 'a');
const std::string hash_b = std::string(64, 'b');

class GlacierTest : public testing::ServiceTest {
  protected:
    void json(int status, const std::string& body) {
        http.answer(status, body, {{"Content-Type", "application/json"}});
    }
    void error(int status, const std::string& code, const std::string& message = "said so") {
        http.answer(
            status,
            "{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"type\":\"Client\"}",
            {{"x-amzn-RequestId", "R1"}});
    }
    [[nodiscard]] const ServiceHttp::Seen& last() const { return http.seen.back(); }
    std::unique_ptr<Glacier> glacier = open_glacier({.region = "eu-central-1"}, context());
    const std::string base = "https://glacier.eu-central-1.amazonaws.com/-/vaults";
};

TEST_F(GlacierTest, EveryRequestIsSignedAndNamesTheVersion) {
    http.answer(201);
    ASSERT_TRUE(glacier->create_vault("vat_testfs"));
    EXPECT_EQ(last().method, "PUT");
    EXPECT_EQ(last().url, base + "/vat_testfs");
    EXPECT_EQ(last().header("x-amz-glacier-version"), "2012-06-01");
    EXPECT_EQ(last().region(), "eu-central-1");
    EXPECT_NE(last().authorization("Credential").find("/glacier/aws4_request"), std::string::npos);
    EXPECT_NE(last().authorization("SignedHeaders").find("x-amz-glacier-version"),
              std::string::npos);
    EXPECT_EQ(last().header("x-amz-content-sha256"), codec::sha256({}).hex());
}

TEST_F(GlacierTest, UsesAnyRegionAccountAndEndpoint) {
    glacier = open_glacier({.region = "xx-future-9", .account = "123456789012"}, context());
    http.answer(204);
    ASSERT_TRUE(glacier->delete_vault("v"));
    EXPECT_EQ(last().url, "https://glacier.xx-future-9.amazonaws.com/123456789012/vaults/v");
    glacier = open_glacier({.region = "r", .endpoint = "http://127.0.0.1:99/"}, context());
    http.answer(204);
    ASSERT_TRUE(glacier->delete_vault("v"));
    EXPECT_EQ(last().url, "http://127.0.0.1:99/-/vaults/v");
}

TEST_F(GlacierTest, ListsVaultsOverPages) {
    json(
        200,
        R"({"VaultList":[{"VaultName":"a","VaultARN":"arn:a","CreationDate":"2012-03-20T17:03:43.221Z","LastInventoryDate":"2012-03-21T00:00:00.000Z",
                  "NumberOfArchives":3,"SizeInBytes":78088912}],"Marker":"next one"})");
    json(
        200,
        R"({"VaultList":[{"VaultName":"b","CreationDate":"2012-03-20T17:03:43.221Z","LastInventoryDate":null}],"Marker":null})");
    const auto vaults = glacier->list_vaults();
    ASSERT_TRUE(vaults) << vaults.error().message();
    ASSERT_EQ(vaults->size(), 2U);
    EXPECT_EQ(vaults->at(0).size, 78088912U);
    EXPECT_TRUE(vaults->at(0).inventoried);
    EXPECT_FALSE(vaults->at(1).inventoried);
    EXPECT_EQ(http.seen[1].url, base + "?marker=next%20one");
}

TEST_F(GlacierTest, AListThatDoesNotEndIsRefused) {
    json(200, R"({"VaultList":[],"Marker":"m"})");
    json(200, R"({"VaultList":[],"Marker":"m"})");
    expect_error(glacier->list_vaults(), ErrorKind::unavailable, "does not end");
}

TEST_F(GlacierTest, UploadsAnArchiveWithBothHashes) {
    const Buffer body = to_buffer("hello");
    const auto digests = codec::tree_hash(body);
    http.answer(201, "",
                {{"x-amz-archive-id", "-an-id"}, {"x-amz-sha256-tree-hash", digests.tree.hex()}});
    const auto receipt = glacier->upload_archive("v", body, digests, "first ~");
    ASSERT_TRUE(receipt) << receipt.error().message();
    EXPECT_EQ(receipt->id, "-an-id");
    EXPECT_EQ(last().header("x-amz-sha256-tree-hash"), digests.tree.hex());
    EXPECT_EQ(last().header("x-amz-content-sha256"), digests.linear.hex());
    EXPECT_EQ(last().header("x-amz-archive-description"), "first ~");
    http.answer(204);
    ASSERT_TRUE(glacier->delete_archive("v", "-an-id"));
    EXPECT_EQ(last().url, base + "/v/archives/-an-id");
}

TEST_F(GlacierTest, AnInvalidDescriptionIsRefusedBeforeAnyUpload) {
    for (const std::string& wrong : {std::string("caf\xc3\xa9"), std::string("tab\t"),
                                     std::string(1025, 'x'), std::string("line\n")}) {
        expect_error(
            glacier->upload_archive("v", as_bytes("x"), codec::tree_hash(as_bytes("x")), wrong),
            ErrorKind::usage, "1,024");
        expect_error(glacier->initiate_upload("v", 1 << 20, wrong), ErrorKind::usage, "1,024");
    }
    EXPECT_TRUE(http.seen.empty());
    for (const std::string& wrong :
         {std::string(), std::string("a/b"), std::string(256, 'v'), std::string("a b")})
        expect_error(glacier->create_vault(wrong), ErrorKind::usage, "vault");
}

TEST_F(GlacierTest, UploadsInParts) {
    http.answer(201, "", {{"x-amz-multipart-upload-id", "up/load"}});
    EXPECT_EQ(glacier->initiate_upload("v", 1 << 20, "d").value(), "up/load");
    EXPECT_EQ(last().header("x-amz-part-size"), "1048576");
    const Buffer part = to_buffer("the last one");
    const auto digests = codec::tree_hash(part);
    http.answer(204, "", {{"x-amz-sha256-tree-hash", digests.tree.hex()}});
    ASSERT_TRUE(glacier->upload_part("v", "up/load", 1 << 20, part, digests));
    EXPECT_EQ(last().url, base + "/v/multipart-uploads/up%2Fload");
    EXPECT_EQ(last().header("Content-Range"), "bytes 1048576-1048587/*");
    for (int i = 0; i < 2; ++i) http.answer(204, "", {{"x-amz-sha256-tree-hash", hash_a}});
    expect_error(glacier->upload_part("v", "up/load", 0, part, digests), ErrorKind::unavailable,
                 "tree hash");
    expect_error(
        glacier->upload_part("v", "up/load", 0, part, codec::tree_hash(to_buffer("other"))),
        ErrorKind::damage, "tree hash");
    http.answer(201, "", {{"x-amz-archive-id", "id"}, {"x-amz-sha256-tree-hash", hash_b}});
    const auto done =
        glacier->complete_upload("v", "up/load", 1048588, *codec::Sha256Digest::from_hex(hash_b));
    ASSERT_TRUE(done) << done.error().message();
    http.answer(201, "", {{"x-amz-archive-id", "id"}, {"x-amz-sha256-tree-hash", hash_a}});
    expect_error(
        glacier->complete_upload("v", "up/load", 1048588, *codec::Sha256Digest::from_hex(hash_b)),
        ErrorKind::unavailable, "tree hash");
    EXPECT_EQ(last().header("x-amz-archive-size"), "1048588");
    EXPECT_EQ(last().header("x-amz-sha256-tree-hash"), hash_b);
}

TEST_F(GlacierTest, ListsPartsBeyondAThousand) {
    std::string first;
    for (int i = 0; i < 1000; ++i)
        first += (i > 0 ? "," : "") + std::string("{\"RangeInBytes\":\"") +
                 std::to_string(i << 20) + "-" + std::to_string(((i + 1) << 20) - 1) +
                 "\",\"SHA256TreeHash\":\"" + hash_a + "\"}";
    json(200, "{\"Parts\":[" + first + "],\"Marker\":\"1048576000\"}");
    json(200, "{\"Parts\":[{\"RangeInBytes\":\"1048576000-1048576009\",\"SHA256TreeHash\":\"" +
                  hash_b + "\"}],\"Marker\":null}");
    const auto parts = glacier->list_parts("v", "u");
    ASSERT_TRUE(parts) << parts.error().message();
    ASSERT_EQ(parts->size(), 1001U);
    EXPECT_EQ(parts->back().begin, 1048576000U);
    EXPECT_EQ(parts->back().end, 1048576010U);
    EXPECT_EQ(parts->back().tree_hash.hex(), hash_b);
}

TEST_F(GlacierTest, RequestsAnArchive) {
    http.answer(202, "", {{"x-amz-job-id", "job"}});
    EXPECT_EQ(glacier
                  ->initiate_job("v", {.archive_id = "-a",
                                       .range = ByteRange{0, 1048575},
                                       .tier = "Bulk",
                                       .description = "d",
                                       .sns_topic = "arn:t"})
                  .value(),
              "job");
    EXPECT_THAT(last().body,
                ::testing::AllOf(::testing::HasSubstr(R"("ArchiveId":"-a")"),
                                 ::testing::HasSubstr(R"("RetrievalByteRange":"0-1048575")"),
                                 ::testing::HasSubstr(R"("Type":"archive-retrieval")"),
                                 ::testing::HasSubstr(R"("Tier":"Bulk")"),
                                 ::testing::HasSubstr(R"("SNSTopic":"arn:t")")));
    EXPECT_EQ(last().header("x-amz-content-sha256"), codec::sha256(as_bytes(last().body)).hex());
}

TEST_F(GlacierTest, RequestsPartOfAnInventory) {
    http.answer(202, "", {{"x-amz-job-id", "job"}});
    ASSERT_TRUE(glacier->initiate_job("v", {.type = JobType::inventory,
                                            .format = "CSV",
                                            .created_from = TimePoint(1h),
                                            .limit = 7,
                                            .marker = "m"}));
    EXPECT_THAT(last().body,
                ::testing::AllOf(::testing::HasSubstr(R"("StartDate":"1970-01-01T01:00:00Z")"),
                                 ::testing::HasSubstr(R"("Limit":"7")"),
                                 ::testing::HasSubstr(R"("Marker":"m")"),
                                 ::testing::HasSubstr(R"("Format":"CSV")"),
                                 ::testing::HasSubstr(R"("Type":"inventory-retrieval")")));
}

TEST_F(GlacierTest, ReadsAJob) {
    json(
        200,
        R"({"JobId":"j","Action":"ArchiveRetrieval","ArchiveId":"a","JobDescription":"d","CreationDate":"2026-11-23T02:00:00.000Z","Completed":true,
                  "CompletionDate":"2026-11-23T06:00:00.000Z","StatusCode":"Succeeded","StatusMessage":"Succeeded","ArchiveSizeInBytes":16777216,
                  "InventorySizeInBytes":null,"SHA256TreeHash":")" +
            hash_a + R"(","ArchiveSHA256TreeHash":")" + hash_b +
            R"(","RetrievalByteRange":"0-1048575",
                  "Tier":"Standard","SNSTopic":null})");
    const auto job = glacier->describe_job("v", "j");
    ASSERT_TRUE(job) << job.error().message();
    EXPECT_TRUE(job->succeeded());
    EXPECT_EQ(job->size, 16777216U);
    EXPECT_EQ(job->range, (ByteRange{0, 1048575}));
    EXPECT_EQ(job->tree_hash->hex(), hash_a);
    EXPECT_EQ(job->archive_tree_hash->hex(), hash_b);
    EXPECT_EQ(*job->completed_at - job->created, 4h);
    json(
        200,
        R"({"JobList":[{"JobId":"i","Action":"InventoryRetrieval","StatusCode":"InProgress","Completed":false,"InventoryRetrievalParameters":{"Format":"JSON"}}],"Marker":null})");
    const auto jobs = glacier->list_jobs("v", "InProgress");
    ASSERT_TRUE(jobs) << jobs.error().message();
    EXPECT_EQ(last().url, base + "/v/jobs?statuscode=InProgress");
    EXPECT_EQ(jobs->at(0).type, JobType::inventory);
    EXPECT_EQ(jobs->at(0).format, "JSON");
}

TEST_F(GlacierTest, ReadsOutputByRanges) {
    http.answer(206, "5678",
                {{"Content-Range", "bytes 5-8/100"}, {"x-amz-sha256-tree-hash", hash_a}});
    Buffer into(4);
    const auto output = glacier->get_job_output("v", "j", 5, into);
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(last().header("Range"), "bytes=5-8");
    EXPECT_EQ(output->received, 4U);
    EXPECT_EQ(output->size, 100U);
    EXPECT_EQ(output->tree_hash->hex(), hash_a);
    http.answer(416, "", {{"Content-Range", "bytes */100"}});
    EXPECT_EQ(glacier->get_job_output("v", "j", 100, into)->received, 0U);
    http.answer(200, "0123");
    expect_error(glacier->get_job_output("v", "j", 5, into), ErrorKind::unavailable, "range");
    http.cut(206, "56", {{"Content-Range", "bytes 5-8/100"}});
    EXPECT_EQ(glacier->get_job_output("v", "j", 5, into)->received, 2U)
        << "the received bytes are good";
}

TEST_F(GlacierTest, RefusalsAreDistinguishedByTheirCode) {
    struct Case {
        int status;
        const char* code;
        ErrorKind kind;
        const char* word;
    };
    for (const Case& refused :
         {Case{400, "ThrottlingException", ErrorKind::unavailable, "slow down"},
          Case{503, "InsufficientCapacityException", ErrorKind::unavailable, "--tier standard"},
          Case{400, "InsufficientCapacityException", ErrorKind::unavailable, "--tier standard"},
          Case{408, "RequestTimeoutException", ErrorKind::unavailable, "stalled"},
          Case{500, "ServiceUnavailableException", ErrorKind::unavailable, "again"},
          Case{400, "PolicyEnforcedException", ErrorKind::refused, "retrieval-policy"},
          Case{400, "NoLongerSupportedException", ErrorKind::refused, "DEEP_ARCHIVE"},
          Case{403, "AccessDeniedException", ErrorKind::refused, "glacier:InitiateJob"},
          Case{404, "ResourceNotFoundException", ErrorKind::not_found, ""},
          Case{400, "InvalidParameterValueException", ErrorKind::usage, ""},
          Case{502, "", ErrorKind::unavailable, ""}}) {
        error(refused.status, refused.code);
        expect_error(glacier->initiate_job("v", {.archive_id = "a"}), refused.kind, refused.word);
    }
    error(400, "InvalidParameterValueException", "Checksum mismatch: expected 1 was 2");
    expect_error(glacier->upload_archive("v", as_bytes("x"), codec::tree_hash(as_bytes("x")), ""),
                 ErrorKind::damage, "changed");
}

TEST_F(GlacierTest, ASignatureThatExpiredWhileAPartWasSentIsRenewed) {
    const auto digests = codec::tree_hash(as_bytes("x"));
    http.step([&](const net::Request& request) {
        clock.advance(1h);
        return ServiceHttp::respond(request, 403,
                                    R"({"code":"InvalidSignatureException","type":"Client",)"
                                    R"("message":"Signature expired: 1 is now earlier than 2"})",
                                    {{"Date", "Mon, 23 Nov 2026 03:00:00 GMT"}});
    });
    http.answer(204);
    const auto put = glacier->upload_part("v", "u", 0, as_bytes("x"), digests);
    EXPECT_TRUE(put) << put.error().message();
    EXPECT_NE(http.seen[0].header("x-amz-date"), http.seen[1].header("x-amz-date"));
}

TEST_F(GlacierTest, CredentialsThatExpiredAreRenewed) {
    error(403, "ExpiredTokenException");
    http.answer(201);
    ASSERT_TRUE(glacier->create_vault("v"));
    EXPECT_EQ(credentials.number, 2);
}

TEST_F(GlacierTest, SetsPoliciesNotificationsTagsAndLocks) {
    http.answer(204);
    ASSERT_TRUE(glacier->set_access_policy("v", R"({"Version":"2012-10-17"})"));
    EXPECT_EQ(last().body, R"({"Policy":"{\"Version\":\"2012-10-17\"}"})");
    http.answer(201, "", {{"x-amz-lock-id", "lock"}});
    EXPECT_EQ(glacier->initiate_lock("v", "{}").value(), "lock");
    http.answer(204);
    ASSERT_TRUE(glacier->complete_lock("v", "lock"));
    EXPECT_EQ(last().url, base + "/v/lock-policy/lock");
    json(
        200,
        R"({"Policy":"{}","State":"InProgress","ExpirationDate":"2026-11-24T02:00:00.000Z","CreationDate":"2026-11-23T02:00:00.000Z"})");
    EXPECT_EQ(glacier->get_lock("v")->state, "InProgress");
    http.answer(204);
    ASSERT_TRUE(glacier->set_notifications("v", {"arn:t", {"ArchiveRetrievalCompleted"}}));
    json(
        200,
        R"({"SNSTopic":"arn:t","Events":["ArchiveRetrievalCompleted","InventoryRetrievalCompleted"]})");
    EXPECT_EQ(glacier->get_notifications("v")->events.size(), 2U);
    http.answer(204);
    ASSERT_TRUE(glacier->add_tags("v", {{"a", "1"}}));
    EXPECT_EQ(last().url, base + "/v/tags?operation=add");
    json(200, R"({"Tags":{"a":"1"}})");
    EXPECT_EQ(glacier->list_tags("v")->at("a"), "1");
    json(200, R"({"Policy":{"Rules":[{"Strategy":"BytesPerHour","BytesPerHour":10737418240}]}})");
    EXPECT_EQ(glacier->get_retrieval_policy()->at(0).bytes_per_hour, 10737418240U);
    http.answer(204);
    ASSERT_TRUE(glacier->set_retrieval_policy({{"None", {}}}));
    EXPECT_EQ(last().body, R"({"Policy":{"Rules":[{"Strategy":"None"}]}})");
}

}  // namespace
}  // namespace zg::aws
