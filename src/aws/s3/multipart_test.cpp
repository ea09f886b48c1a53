#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "aws/s3/calls.hpp"
#include "aws/testing/service.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::aws {
namespace {

using testing::ServiceHttp;

class S3MultipartTest : public testing::S3Test {
  protected:
    codec::Sha256Digest digest = codec::sha256(as_bytes("part"));
    const std::string completed =
        "<CompleteMultipartUploadResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>\"e-2\"</ETag>";
};

TEST_F(S3MultipartTest, CreatesAnUploadWithAllItsSettings) {
    http.answer(200,
                "<?xml version=\"1.0\"?>\n<InitiateMultipartUploadResult "
                "xmlns=\"x\"><UploadId>id/+=</UploadId></InitiateMultipartUploadResult>");
    const auto id = s3->create_multipart_upload("a/b c", {.storage_class = "DEEP_ARCHIVE",
                                                          .sse = "aws:kms",
                                                          .kms_key_id = "key-1",
                                                          .lock_mode = "COMPLIANCE",
                                                          .retain_until = clock.now(),
                                                          .tags = {{"b", "x y"}, {"a", "1&2"}},
                                                          .description = "what it is"});
    ASSERT_TRUE(id) << id.error().message();
    EXPECT_EQ(*id, "id/+=");
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.url, "https://bucket.s3.eu-central-1.amazonaws.com/a/b%20c?uploads=");
    EXPECT_EQ(seen.header("x-amz-checksum-algorithm"), "SHA256");
    EXPECT_EQ(seen.header("x-amz-storage-class"), "DEEP_ARCHIVE");
    EXPECT_EQ(seen.header("x-amz-server-side-encryption"), "aws:kms");
    EXPECT_EQ(seen.header("x-amz-server-side-encryption-aws-kms-key-id"), "key-1");
    EXPECT_EQ(seen.header("x-amz-object-lock-mode"), "COMPLIANCE");
    EXPECT_EQ(seen.header("x-amz-object-lock-retain-until-date"), "2026-11-23T02:00:00Z");
    EXPECT_EQ(seen.header("x-amz-tagging"), "a=1%262&b=x%20y");
    EXPECT_EQ(seen.header("x-amz-meta-description"), "what it is");
}

TEST_F(S3MultipartTest, SettingsThatAreNotSetAreNotSent) {
    http.answer(200, "<R><UploadId>u</UploadId></R>");
    ASSERT_TRUE(s3->create_multipart_upload("k", {}));
    EXPECT_EQ(http.seen.back().authorization("SignedHeaders"),
              "host;x-amz-checksum-algorithm;x-amz-content-sha256;x-amz-date;x-amz-security-token");
}

TEST_F(S3MultipartTest, AnAnswerWithoutAnIdIsAnError) {
    http.answer(200, "<InitiateMultipartUploadResult/>");
    expect_error(s3->create_multipart_upload("k", {}), ErrorKind::unavailable);
    http.answer(200, "<html><body>Log in</body></html>");
    expect_error(s3->create_multipart_upload("k", {}), ErrorKind::unavailable, "not S3's");
    http.answer(200, "");
    expect_error(s3->create_multipart_upload("k", {}), ErrorKind::unavailable, "not S3's");
}

TEST_F(S3MultipartTest, UploadsAPartWithTheGivenDigest) {
    http.answer(200, "", {{"ETag", "\"abc\""}, {"x-amz-checksum-sha256", base64(digest)}});
    const auto receipt = s3->upload_part("k", "id/+=", 7, as_bytes("part"), digest);
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->number, 7U);
    EXPECT_EQ(receipt->etag, "\"abc\"");
    EXPECT_EQ(receipt->size, 4U);
    EXPECT_EQ(receipt->sha256, digest);
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.url,
              "https://bucket.s3.eu-central-1.amazonaws.com/k?partNumber=7&uploadId=id%2F%2B%3D");
    EXPECT_EQ(seen.body, "part");
    EXPECT_EQ(seen.header("x-amz-content-sha256"), digest.hex());
    EXPECT_EQ(seen.header("x-amz-checksum-sha256"), base64(digest));
}

TEST_F(S3MultipartTest, DoesNotHashAPartAgain) {
    const codec::Sha256Digest other = codec::sha256(as_bytes("other"));
    http.answer(200, "", {{"ETag", "e"}});
    ASSERT_TRUE(s3->upload_part("k", "u", 1, as_bytes("part"), other));
    EXPECT_EQ(http.seen.back().header("x-amz-content-sha256"), other.hex());
}

TEST_F(S3MultipartTest, APartWithoutAReceiptIsAnError) {
    http.answer(200);
    expect_error(s3->upload_part("k", "u", 1, {}, digest), ErrorKind::unavailable, "ETag");
    http.error(400, "XAmzContentSHA256Mismatch");
    expect_error(s3->upload_part("k", "u", 1, {}, digest), ErrorKind::damage);
    http.error(404, "NoSuchUpload");
    expect_error(s3->upload_part("k", "u", 1, {}, digest), ErrorKind::not_found);
}

TEST_F(S3MultipartTest, CompletesWithEveryPartsChecksum) {
    const std::vector digests{digest, digest};
    const codec::Sha256Digest composite = codec::composite_sha256(digests);
    http.answer(200, "  \n  " + completed + "<ChecksumSHA256>" + base64(composite) +
                         "-2</ChecksumSHA256></CompleteMultipartUploadResult>");
    const auto done = s3->complete_multipart_upload(
        "k", "u",
        {{.number = 1, .etag = "\"a&b\"", .sha256 = digest}, {.number = 2, .etag = "\"c\""}}, true);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->etag, "\"e-2\"");
    EXPECT_EQ(done->composite_sha256, composite);
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.header("If-None-Match"), "*");
    EXPECT_EQ(seen.header("x-amz-content-sha256"), codec::sha256(as_bytes(seen.body)).hex());
    pugi::xml_document sent;
    ASSERT_TRUE(sent.load_string(seen.body.c_str())) << seen.body;
    const pugi::xml_node root = sent.child("CompleteMultipartUpload");
    EXPECT_STREQ(root.attribute("xmlns").value(), "http://s3.amazonaws.com/doc/2006-03-01/");
    const pugi::xml_node first = root.child("Part");
    EXPECT_STREQ(first.child_value("ETag"), "\"a&b\"");
    EXPECT_STREQ(first.child_value("PartNumber"), "1");
    EXPECT_EQ(first.child_value("ChecksumSHA256"), base64(digest));
    EXPECT_STREQ(first.next_sibling().child_value("PartNumber"), "2");
    EXPECT_FALSE(first.next_sibling().child("ChecksumSHA256"));
}

TEST_F(S3MultipartTest, AnExistingNameIsReplacedUnlessANewOneIsRequired) {
    http.answer(200, completed + "</CompleteMultipartUploadResult>");
    const auto done = s3->complete_multipart_upload("k", "u", {}, false);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->composite_sha256, std::nullopt);
    EXPECT_EQ(http.seen.back().header("If-None-Match"), "(none)");
}

TEST_F(S3MultipartTest, A200CanContainAnError) {
    http.error(200, "InternalError");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::unavailable,
                 "InternalError");
    http.error(200, "PreconditionFailed");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::conflict);
    http.answer(200, "");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::unavailable,
                 "did not report");
    http.answer(200, "<?xml version=\"1.0\"?>\n   \n");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::unavailable,
                 "did not report");
}

TEST_F(S3MultipartTest, AnExistingNameIsAConflict) {
    http.error(412, "PreconditionFailed");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::conflict);
    http.error(409, "ConditionalRequestConflict");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::conflict);
    http.error(404, "NoSuchUpload");
    expect_error(s3->complete_multipart_upload("k", "u", {}, true), ErrorKind::not_found);
}

TEST_F(S3MultipartTest, Aborts) {
    http.answer(204);
    ASSERT_TRUE(s3->abort_multipart_upload("k", "u"));
    EXPECT_EQ(http.seen.back().method, "DELETE");
    EXPECT_EQ(http.seen.back().url, "https://bucket.s3.eu-central-1.amazonaws.com/k?uploadId=u");
    http.error(404, "NoSuchUpload");
    expect_error(s3->abort_multipart_upload("k", "u"), ErrorKind::not_found);
}

TEST_F(S3MultipartTest, ListsUploadsPageByPage) {
    http.answer(200,
                "<ListMultipartUploadsResult><EncodingType>url</EncodingType><Upload><Key>p/"
                "a%2Bb+c</Key><UploadId>1</UploadId>"
                "<Initiated>2026-11-23T01:00:00.000Z</Initiated></Upload><IsTruncated>true</"
                "IsTruncated><NextKeyMarker>p/a%2Bb+c</NextKeyMarker>"
                "<NextUploadIdMarker>1</NextUploadIdMarker></ListMultipartUploadsResult>");
    http.answer(200,
                "<ListMultipartUploadsResult><Upload><Key>p/a%2B</Key><UploadId>2</UploadId></"
                "Upload><IsTruncated>false</IsTruncated>"
                "</ListMultipartUploadsResult>");
    const auto uploads = s3->list_multipart_uploads("p/");
    ASSERT_TRUE(uploads) << uploads.error().message();
    ASSERT_EQ(uploads->size(), 2U);
    EXPECT_EQ(uploads->at(0).key, "p/a+b c");
    EXPECT_EQ(uploads->at(0).upload_id, "1");
    EXPECT_EQ(uploads->at(0).initiated, clock.now() - std::chrono::hours(1));
    EXPECT_EQ(uploads->at(1).key, "p/a%2B");  // from a server that does not encode
    EXPECT_EQ(
        http.seen[0].url,
        "https://bucket.s3.eu-central-1.amazonaws.com/?encoding-type=url&prefix=p%2F&uploads=");
    EXPECT_EQ(
        http.seen[1].url,
        "https://bucket.s3.eu-central-1.amazonaws.com/"
        "?encoding-type=url&key-marker=p%2Fa%2Bb%20c&prefix=p%2F&upload-id-marker=1&uploads=");
}

TEST_F(S3MultipartTest, AnEndlessListingIsAnError) {
    const std::string page =
        "<L><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker></L>";
    http.answer(200, page);
    http.answer(200, page);
    expect_error(s3->list_multipart_uploads(""), ErrorKind::unavailable, "does not end");
    http.answer(200, "<L><IsTruncated>true</IsTruncated></L>");
    expect_error(s3->list_multipart_uploads(""), ErrorKind::unavailable, "does not end");
}

}  // namespace
}  // namespace zg::aws
