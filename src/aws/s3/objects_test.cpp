#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "aws/s3/calls.hpp"
#include "aws/s3/s3.hpp"
#include "aws/testing/service.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::aws {
namespace {

using testing::ServiceHttp;

class S3ObjectsTest : public testing::S3Test {
  protected:
    Result<std::size_t> read(std::uint64_t offset) {
        into.assign(8, std::byte{'.'});
        return s3->get_object("k", offset, into);
    }
    [[nodiscard]] std::string text() const { return std::string(as_text(into)); }
    Buffer into;
};

// --- put

TEST_F(S3ObjectsTest, PutsABodyWithItsChecksum) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes("body"));
    http.answer(200);
    ASSERT_TRUE(
        s3->put_object("dir/odd key", as_bytes("body"), {.storage_class = "STANDARD"}, true));
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.url, "https://bucket.s3.eu-central-1.amazonaws.com/dir/odd%20key");
    EXPECT_EQ(seen.body, "body");
    EXPECT_EQ(seen.header("x-amz-content-sha256"), digest.hex());
    EXPECT_EQ(seen.header("x-amz-checksum-sha256"), base64(digest));
    EXPECT_EQ(seen.header("x-amz-storage-class"), "STANDARD");
    EXPECT_EQ(seen.header("If-None-Match"), "*");
    http.answer(200);
    ASSERT_TRUE(s3->put_object("k", {}, {}, false));
    EXPECT_EQ(http.seen.back().header("If-None-Match"), "(none)");
    http.error(412, "PreconditionFailed");
    expect_error(s3->put_object("k", {}, {}, true), ErrorKind::conflict);
}

// --- get

TEST_F(S3ObjectsTest, ReadsARange) {
    http.answer(206, "89abcdef", {{"Content-Range", "bytes 8-15/100"}});
    EXPECT_EQ(read(8).value_or(0), 8U);
    EXPECT_EQ(text(), "89abcdef");
    EXPECT_EQ(http.seen.back().header("Range"), "bytes=8-15");
    http.answer(206, "end");
    EXPECT_EQ(read(8).value_or(0), 3U);
    EXPECT_EQ(s3->get_object("k", 0, {}).value_or(1), 0U);
}

TEST_F(S3ObjectsTest, AfterTheEndThereIsNothing) {
    http.error(416, "InvalidRange");
    http.answer(416);
    EXPECT_EQ(read(100).value_or(1), 0U);
    EXPECT_EQ(read(100).value_or(1), 0U);
}

TEST_F(S3ObjectsTest, AServerWithoutRangesReturnsTheWholeObject) {
    http.answer(200, "012345");
    EXPECT_EQ(read(0).value_or(0), 6U);
    EXPECT_EQ(text(), "012345..");
    http.answer(200, "012345");
    EXPECT_EQ(read(4).value_or(0), 2U);
    EXPECT_EQ(text().substr(0, 2), "45");
    http.answer(200, "012345");
    EXPECT_EQ(read(6).value_or(1), 0U);
    http.answer(200, "more than eight");
    expect_error(read(0), ErrorKind::unsupported, "ranges");
}

TEST_F(S3ObjectsTest, AnotherRangeThanRequestedIsDamage) {
    http.answer(206, "01234567", {{"Content-Range", "bytes 0-7/100"}});
    expect_error(read(8), ErrorKind::damage, "another range");
    http.answer(206, "01234567", {{"Content-Range", "bytes 80-87/100"}});
    expect_error(read(8), ErrorKind::damage, "another range");
}

TEST_F(S3ObjectsTest, BytesReceivedBeforeACutAreGood) {
    http.cut(206, "89a", {{"Content-Range", "bytes 8-15/100"}});
    EXPECT_EQ(read(8).value_or(0), 3U);
    http.cut(206, "");
    expect_error(read(8), ErrorKind::unavailable, "cut");
    http.cut(200, "0123456");
    EXPECT_EQ(read(4).value_or(0), 3U);
    EXPECT_EQ(text().substr(0, 3), "456");
    http.cut(200, "012");
    expect_error(read(4), ErrorKind::unavailable, "cut");
}

TEST_F(S3ObjectsTest, AColdObjectCannotBeRead) {
    http.error(403, "InvalidObjectState", "<StorageClass>DEEP_ARCHIVE</StorageClass>");
    expect_error(read(0), ErrorKind::cold);
    http.error(404, "NoSuchKey");
    expect_error(read(0), ErrorKind::not_found, "s3://bucket/k");
}

TEST_F(S3ObjectsTest, GetsAWholeObjectAndChecksIt) {
    const std::string good = base64(codec::sha256(as_bytes("body")));
    http.answer(200, "body", {{"x-amz-checksum-sha256", good}});
    EXPECT_EQ(as_text(s3->get_whole_object("k", 4).value_or(Buffer{})), "body");
    EXPECT_EQ(http.seen.back().header("x-amz-checksum-mode"), "ENABLED");
    EXPECT_EQ(http.seen.back().header("Range"), "(none)");
    http.answer(200, "Body", {{"x-amz-checksum-sha256", good}});
    expect_error(s3->get_whole_object("k", 4), ErrorKind::damage, "checksum");
    http.answer(200, "Body", {{"x-amz-checksum-sha256", good + "-3"}});
    EXPECT_TRUE(s3->get_whole_object("k", 4));
    http.answer(200, "Body");
    EXPECT_TRUE(s3->get_whole_object("k", 4));
}

TEST_F(S3ObjectsTest, AWholeObjectHasALimitedSize) {
    http.answer(200, "12345");
    expect_error(s3->get_whole_object("k", 4), ErrorKind::damage, "larger");
    http.answer(200, std::string(1'000'000, 'x'));
    expect_error(s3->get_whole_object("k", 4), ErrorKind::damage);
    // The limit does not apply to the error's text.
    http.error(404, "NoSuchKey");
    expect_error(s3->get_whole_object("k", 4), ErrorKind::not_found);
}

// --- head

TEST_F(S3ObjectsTest, HeadReturnsAllMetadata) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes("parts"));
    http.answer(200, "",
                {{"Content-Length", "50000000000000"},
                 {"Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT"},
                 {"ETag", "\"e-3\""},
                 {"x-amz-version-id", "v1"},
                 {"x-amz-storage-class", "DEEP_ARCHIVE"},
                 {"x-amz-checksum-sha256", base64(digest) + "-3"},
                 {"x-amz-restore",
                  R"(ongoing-request="false", expiry-date="Mon, 23 Nov 2026 03:00:00 GMT")"},
                 {"x-amz-object-lock-mode", "GOVERNANCE"},
                 {"x-amz-object-lock-retain-until-date", "2026-11-23T03:00:00.000Z"}});
    const auto head = s3->head_object("k");
    ASSERT_TRUE(head) << head.error().message();
    EXPECT_EQ(http.seen.back().method, "HEAD");
    EXPECT_EQ(http.seen.back().header("x-amz-checksum-mode"), "ENABLED");
    EXPECT_EQ(head->size, 50'000'000'000'000U);
    EXPECT_EQ(head->modified, clock.now() - std::chrono::hours(1));
    EXPECT_EQ(head->etag, "\"e-3\"");
    EXPECT_EQ(head->version_id, "v1");
    EXPECT_EQ(head->storage_class, "DEEP_ARCHIVE");
    EXPECT_EQ(head->composite_sha256, digest);
    EXPECT_EQ(head->parts, 3U);
    EXPECT_EQ(head->sha256, std::nullopt);
    EXPECT_EQ(head->restore_ongoing, false);
    EXPECT_EQ(head->restored_until, clock.now() + std::chrono::hours(1));
    EXPECT_EQ(head->lock_mode, "GOVERNANCE");
    EXPECT_EQ(head->retain_until, clock.now() + std::chrono::hours(1));
}

TEST_F(S3ObjectsTest, HeadReadsAPlainObject) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes("whole"));
    http.answer(200, "", {{"content-length", "5"}, {"x-amz-checksum-sha256", base64(digest)}});
    const auto head = s3->head_object("k");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->storage_class, "STANDARD");
    EXPECT_EQ(head->sha256, digest);
    EXPECT_EQ(head->composite_sha256, std::nullopt);
    EXPECT_EQ(head->restore_ongoing, std::nullopt);
    EXPECT_EQ(head->restored_until, std::nullopt);
    EXPECT_EQ(head->retain_until, std::nullopt);
}

TEST_F(S3ObjectsTest, HeadReadsAThawInProgress) {
    http.answer(200, "", {{"Content-Length", "5"}, {"x-amz-restore", R"(ongoing-request="true")"}});
    const auto head = s3->head_object("k");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->restore_ongoing, true);
    EXPECT_EQ(head->restored_until, std::nullopt);
}

TEST_F(S3ObjectsTest, HeadHasNoBodyWithTheReason) {
    http.answer(404);
    expect_error(s3->head_object("k"), ErrorKind::not_found);
    http.answer(403, "", {{"x-amz-request-id", "R9"}});
    expect_error(s3->head_object("k"), ErrorKind::refused, "R9");
    http.answer(503);
    expect_error(s3->head_object("k"), ErrorKind::unavailable, "503");
    http.answer(200);
    expect_error(s3->head_object("k"), ErrorKind::unavailable, "size");
}

// --- attributes

TEST_F(S3ObjectsTest, JoinsThePagesOfAttributes) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes("part"));
    const auto part = [&](int number) {
        return "<Part><PartNumber>" + std::to_string(number) +
               "</PartNumber><Size>5</Size><ChecksumSHA256>" + base64(digest) +
               "</ChecksumSHA256></Part>";
    };
    http.answer(200,
                "<GetObjectAttributesResponse><ObjectParts><PartsCount>3</"
                "PartsCount><IsTruncated>true</IsTruncated><NextPartNumberMarker>2"
                "</NextPartNumberMarker>" +
                    part(1) + part(2) +
                    "</ObjectParts><ObjectSize>15</ObjectSize></GetObjectAttributesResponse>");
    http.answer(200,
                "<GetObjectAttributesResponse><ObjectParts><IsTruncated>false</"
                "IsTruncated><NextPartNumberMarker>3</NextPartNumberMarker>" +
                    part(3) +
                    "</ObjectParts><ObjectSize>15</ObjectSize></GetObjectAttributesResponse>");
    const auto attributes = s3->get_object_attributes("k");
    ASSERT_TRUE(attributes) << attributes.error().message();
    EXPECT_EQ(attributes->size, 15U);
    ASSERT_EQ(attributes->parts.size(), 3U);
    EXPECT_EQ(attributes->parts[2].number, 3U);
    EXPECT_EQ(attributes->parts[2].size, 5U);
    EXPECT_EQ(attributes->parts[2].sha256, digest);
    EXPECT_EQ(http.seen[0].url, "https://bucket.s3.eu-central-1.amazonaws.com/k?attributes=");
    EXPECT_EQ(http.seen[0].header("x-amz-object-attributes"), "ObjectParts,ObjectSize");
    EXPECT_EQ(http.seen[0].header("x-amz-max-parts"), "1000");
    EXPECT_EQ(http.seen[0].header("x-amz-part-number-marker"), "(none)");
    EXPECT_EQ(http.seen[1].header("x-amz-part-number-marker"), "2");
}

TEST_F(S3ObjectsTest, AttributesMayHaveNoParts) {
    http.answer(
        200,
        "<GetObjectAttributesResponse><ObjectSize>15</ObjectSize></GetObjectAttributesResponse>");
    const auto attributes = s3->get_object_attributes("k");
    ASSERT_TRUE(attributes);
    EXPECT_EQ(attributes->size, 15U);
    EXPECT_TRUE(attributes->parts.empty());
}

TEST_F(S3ObjectsTest, AServerWithoutAttributesReturnsSomethingElse) {
    for (const std::string& body : {std::string("<Other/>"), std::string("the object itself"),
                                    std::string(), std::string(3'000'000, 'x')}) {
        http.answer(200, body);
        expect_error(s3->get_object_attributes("k"), ErrorKind::unsupported);
    }
    http.error(501, "NotImplemented");
    expect_error(s3->get_object_attributes("k"), ErrorKind::unsupported);
    http.error(404, "NoSuchKey");
    expect_error(s3->get_object_attributes("k"), ErrorKind::not_found);
    http.answer(200,
                "<GetObjectAttributesResponse><ObjectParts><IsTruncated>true</IsTruncated></"
                "ObjectParts></GetObjectAttributesResponse>");
    expect_error(s3->get_object_attributes("k"), ErrorKind::unavailable, "does not end");
}

// --- delete, restore

TEST_F(S3ObjectsTest, DeletingAMissingObjectSucceeds) {
    http.error(404, "NoSuchKey");
    EXPECT_TRUE(s3->delete_object("k", ""));
    http.error(404, "NoSuchVersion");
    EXPECT_TRUE(s3->delete_object("k", "v"));
    http.error(404, "NoSuchBucket");
    expect_error(s3->delete_object("k", ""), ErrorKind::usage);
    http.error(403, "AccessDenied");
    expect_error(s3->delete_object("k", "v"), ErrorKind::refused, "s3:DeleteObjectVersion");
}

TEST_F(S3ObjectsTest, RequestsAThaw) {
    http.answer(202);
    EXPECT_EQ(s3->restore_object("k", std::chrono::days(10), "Bulk"), RestoreOutcome::started);
    const ServiceHttp::Seen& seen = http.seen.back();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.url, "https://bucket.s3.eu-central-1.amazonaws.com/k?restore=");
    EXPECT_NE(seen.body.find("<Days>10</Days><GlacierJobParameters><Tier>Bulk</Tier></"
                             "GlacierJobParameters></RestoreRequest>"),
              std::string::npos)
        << seen.body;
    http.answer(200);
    EXPECT_EQ(s3->restore_object("k", std::chrono::days(10), "Bulk"), RestoreOutcome::prolonged);
    http.error(409, "RestoreAlreadyInProgress");
    EXPECT_EQ(s3->restore_object("k", std::chrono::days(10), "Bulk"),
              RestoreOutcome::already_in_progress);
}

TEST_F(S3ObjectsTest, AThawMayBeRefused) {
    const auto ask = [&] { return s3->restore_object("k", std::chrono::days(1), "Expedited"); };
    http.error(409, "OperationAborted");
    expect_error(ask(), ErrorKind::unavailable);
    http.error(503, "GlacierExpeditedRetrievalNotAvailable");
    expect_error(ask(), ErrorKind::unavailable, "expedited");
    http.error(403, "InvalidObjectState");
    expect_error(ask(), ErrorKind::conflict, "needs no thaw");
    http.error(403, "AccessDenied");
    expect_error(ask(), ErrorKind::refused, "s3:RestoreObject");
    http.error(501, "NotImplemented");
    expect_error(ask(), ErrorKind::unsupported);
}

// --- checksums

TEST(S3ChecksumTest, ReadsBothForms) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes("x"));
    const auto plain = parse_checksum(base64(digest));
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->digest, digest);
    EXPECT_EQ(plain->parts, 0U);
    const auto composite = parse_checksum(base64(digest) + "-10000");
    ASSERT_TRUE(composite);
    EXPECT_EQ(composite->digest, digest);
    EXPECT_EQ(composite->parts, 10000U);
    EXPECT_EQ(base64(codec::sha256({})), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(S3ChecksumTest, RefusesAnythingElse) {
    const std::string good = base64(codec::sha256(as_bytes("x")));
    for (const std::string& text :
         {std::string(), std::string("abc"), good.substr(1), good + "x", good + "-", good + "-0",
          good + "-x", "!" + good.substr(1), good.substr(0, 43) + "A", std::string(44, '=')})
        EXPECT_FALSE(parse_checksum(text)) << text;
}

TEST(S3TextTest, DecodesListedKeys) {
    EXPECT_EQ(url_decoded("a%2Fb+c%2Bd%c3%A9"), "a/b c+d\xc3\xa9");
    EXPECT_EQ(url_decoded("100%"), "100%");
    EXPECT_EQ(url_decoded("%zz%4"), "%zz%4");
    EXPECT_EQ(url_decoded(""), "");
}

TEST(S3TextTest, ReadsNumbers) {
    EXPECT_EQ(number_of("18446744073709551615"), ~std::uint64_t{0});
    for (const char* text : {"", "-1", "1x", " 1", "18446744073709551616"})
        EXPECT_EQ(number_of(text), 0U) << text;
}

}  // namespace
}  // namespace zg::aws
