#include "aws/s3/error.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/testing/service.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {
namespace {

struct Expected {
    int status;
    std::string code;
    ErrorKind kind;
    std::string word{};  // in the message or the hint
};

using enum ErrorKind;
const std::vector<Expected> table{
    {403, "AccessDenied", refused, "s3:PutObject"},
    {403, "AllAccessDisabled", refused},
    {403, "InvalidAccessKeyId", refused, "AWS_ACCESS_KEY_ID"},
    {403, "SignatureDoesNotMatch", refused, "secret"},
    {400, "ExpiredToken", refused, "expired"},
    {400, "InvalidToken", refused, "token"},
    {403, "RequestTimeTooSkewed", refused, "clock"},
    {301, "PermanentRedirect", usage, "region="},
    {400, "AuthorizationHeaderMalformed", usage, "region="},
    {307, "TemporaryRedirect", unavailable},
    {404, "NoSuchBucket", usage, "bucket"},
    {404, "NoSuchKey", not_found},
    {404, "NoSuchUpload", not_found},
    {404, "NoSuchLifecycleConfiguration", not_found},
    {412, "PreconditionFailed", conflict},
    {409, "ConditionalRequestConflict", conflict},
    {403, "InvalidObjectState", cold},
    {503, "GlacierExpeditedRetrievalNotAvailable", unavailable, "standard"},
    {400, "InvalidStorageClass", usage, "class="},
    {400, "BadDigest", damage},
    {400, "XAmzContentSHA256Mismatch", damage},
    {400, "InvalidPart", damage},
    {400, "MalformedXML", internal},
    {400, "RequestTimeout", unavailable},
    {503, "SlowDown", unavailable},
    {500, "InternalError", unavailable},
    {200, "InternalError", unavailable},
    {400, "ThrottlingException", unavailable},
    {501, "NotImplemented", unsupported},
    {403, "QuotaExceeded", full},
    {507, "XMinioStorageFull", full},
    {503, "InsufficientCapacity", full},
    {507, "NeverHeardOf", full},
    {400, "KMS.DisabledException", refused, "KMS"},
    {400, "KMS.NotFoundException", usage, "kms-key="},
    {400, "KMS.NeverHeardOf", refused, "kms:GenerateDataKey"},
    {503, "KMS.NeverHeardOf", unavailable},
    {404, "ObjectLockConfigurationNotFoundError", usage, "lock="},
    {400, "InvalidRequest", usage, "Object Lock"},
    {599, "NeverHeardOf", unavailable},
    {200, "NeverHeardOf", unavailable},
    {418, "NeverHeardOf", refused},
    {429, "", unavailable},
    {408, "", unavailable},
    {502, "", unavailable},
    {401, "", refused},
    {404, "", not_found},
    {409, "", conflict},
    {412, "", conflict},
    {403, "", refused, "s3:PutObject"},
    {400, "", refused, "token"},
    {301, "", usage, "region="},
};

TEST(S3ErrorTest, KnowsTheCodes) {
    for (const Expected& expected : table) {
        const Error error = error_of({.status = expected.status,
                                      .code = expected.code,
                                      .message = "said so",
                                      .request_id = "R1"},
                                     "s3:PutObject", "s3://b/k");
        const std::string label = std::to_string(expected.status) + " " + expected.code;
        EXPECT_EQ(kind_name(error.kind), kind_name(expected.kind)) << label;
        EXPECT_FALSE(error.what.empty()) << label;
        EXPECT_EQ(error.where, "s3://b/k");
        EXPECT_NE((error.message() + error.hint).find(expected.word), std::string::npos)
            << label << ": " << error.message() << " / " << error.hint;
        EXPECT_NE(error.cause.find("R1"), std::string::npos) << label;
        EXPECT_NE(error.cause.find(expected.code.empty() ? std::to_string(expected.status)
                                                         : expected.code),
                  std::string::npos)
            << label;
        EXPECT_EQ(error.hint.find('{'), std::string::npos) << error.hint;
    }
}

net::Response response_of(int status, std::string_view body, net::Headers headers = {}) {
    return {.status = status, .headers = std::move(headers), .body = to_buffer(body)};
}

TEST(S3ErrorTest, ReadsTheServersError) {
    const Failure failure =
        read_failure(response_of(400,
                                 "<?xml version=\"1.0\" "
                                 "encoding=\"UTF-8\"?>\n<Error><Code>AuthorizationHeaderMalformed</"
                                 "Code><Message>no &amp; no</Message><Region>eu-west-1</Region>"
                                 "<RequestId>R</RequestId></Error>"));
    EXPECT_EQ(failure.status, 400);
    EXPECT_EQ(failure.code, "AuthorizationHeaderMalformed");
    EXPECT_EQ(failure.message, "no & no");
    EXPECT_EQ(failure.region, "eu-west-1");
    EXPECT_EQ(failure.request_id, "R");
}

TEST(S3ErrorTest, ReadsHeadersIfThereIsNoBody) {
    const Failure failure = read_failure(
        response_of(301, "", {{"X-Amz-Request-Id", "H"}, {"x-amz-bucket-region", "eu-west-2"}}));
    EXPECT_EQ(failure.code, "");
    EXPECT_EQ(failure.region, "eu-west-2");
    EXPECT_EQ(failure.request_id, "H");
}

TEST(S3ErrorTest, SurvivesOtherBodies) {
    for (const std::string_view body : {"", "<html><body>Bad Gateway</body></html>",
                                        "{\"error\": 1}", "<Error><Code>Half", "\x00\xff\xfe"})
        EXPECT_EQ(error_of(read_failure(response_of(502, body)), "s3:GetObject", "x").kind,
                  ErrorKind::unavailable)
            << body;
}

TEST(S3ErrorTest, ShowsNothingHarmfulToATerminalOrALog) {
    const Failure failure =
        read_failure(response_of(403, "<Error><Code>AccessDenied</Code><Message>a&#27;[2Jb\nc" +
                                          std::string(5000, 'x') + "</Message></Error>"));
    EXPECT_TRUE(failure.message.starts_with("a [2Jb c")) << failure.message;
    EXPECT_LT(failure.message.size(), 500U);
}

TEST(S3ErrorTest, DoesNotShowTheSignedText) {
    const net::Response response =
        response_of(403,
                    "<Error><Code>SignatureDoesNotMatch</Code><Message>no</"
                    "Message><StringToSign>S3cr3t</StringToSign>"
                    "<CanonicalRequest>x-amz-security-token:S3cr3t</CanonicalRequest></Error>");
    const Error error = error_of(read_failure(response), "s3:GetObject", "x");
    EXPECT_EQ((error.message() + error.hint).find("S3cr3t"), std::string::npos);
}

/// Each call names the permission that it needs.
class PermissionTest : public testing::S3Test {
  protected:
    template <class Call>
    void expect_permission(const std::string& action, Call call) {
        http.error(403, "AccessDenied");
        expect_error(call(), ErrorKind::refused, action);
    }
};

TEST_F(PermissionTest, IsNamed) {
    expect_permission("s3:PutObject", [&] { return s3->create_multipart_upload("k", {}); });
    expect_permission("s3:PutObject", [&] { return s3->upload_part("k", "u", 1, {}, {}); });
    expect_permission("s3:PutObject",
                      [&] { return s3->complete_multipart_upload("k", "u", {}, true); });
    expect_permission("s3:AbortMultipartUpload",
                      [&] { return s3->abort_multipart_upload("k", "u"); });
    expect_permission("s3:ListBucketMultipartUploads",
                      [&] { return s3->list_multipart_uploads("p"); });
    expect_permission("s3:PutObject", [&] { return s3->put_object("k", {}, {}, false); });
    expect_permission("s3:GetObject", [&] { return s3->get_whole_object("k", 10); });
    expect_permission("s3:GetObjectAttributes", [&] { return s3->get_object_attributes("k"); });
    expect_permission("s3:ListBucket", [&] { return s3->list_objects("p"); });
    expect_permission("s3:DeleteObject:", [&] { return s3->delete_object("k", ""); });
    expect_permission("s3:DeleteObjectVersion", [&] { return s3->delete_object("k", "v"); });
    expect_permission("s3:ListBucketVersions", [&] { return s3->list_versions("k"); });
    expect_permission("s3:RestoreObject",
                      [&] { return s3->restore_object("k", std::chrono::days(1), "Bulk"); });
    expect_permission("s3:GetLifecycleConfiguration", [&] { return s3->get_lifecycle(); });
    expect_permission("s3:GetBucketVersioning", [&] { return s3->versioning_enabled(); });
    expect_permission("s3:ListBucket", [&] { return s3->head_bucket(); });
    expect_permission("s3:GetObject", [&] { return s3->head_object("k"); });
}

}  // namespace
}  // namespace zg::aws
