#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/testing/service.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

class S3BucketTest : public testing::S3Test {
  protected:
    const std::string base = "https://bucket.s3.eu-central-1.amazonaws.com/";
};

TEST_F(S3BucketTest, ChecksTheBucket) {
    http.answer(200);
    EXPECT_TRUE(s3->head_bucket());
    EXPECT_EQ(http.seen.back().method, "HEAD");
    EXPECT_EQ(http.seen.back().url, base);
    http.answer(404);
    expect_error(s3->head_bucket(), ErrorKind::usage, "no such bucket");
    http.answer(403);
    expect_error(s3->head_bucket(), ErrorKind::refused, "s3:ListBucket");
}

TEST_F(S3BucketTest, ListsObjectsPageByPage) {
    http.answer(200,
                "<?xml version=\"1.0\"?>\n<ListBucketResult "
                "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</"
                "EncodingType><Contents>"
                "<Key>p/a+b%0A%26%F0%9F%98%80</Key><LastModified>2026-11-23T02:00:00.000Z</"
                "LastModified><Size>50000000000000</Size>"
                "<StorageClass>GLACIER</StorageClass></Contents><IsTruncated>true</"
                "IsTruncated><NextContinuationToken>t/+=</NextContinuationToken>"
                "</ListBucketResult>");
    http.answer(200,
                "<ListBucketResult><Contents><Key>p/z%20+</Key><Size>0</Size></"
                "Contents><IsTruncated>false</IsTruncated></ListBucketResult>");
    const auto objects = s3->list_objects("p/");
    ASSERT_TRUE(objects) << objects.error().message();
    ASSERT_EQ(objects->size(), 2U);
    EXPECT_EQ(objects->at(0).key, "p/a b\n&\xF0\x9F\x98\x80");
    EXPECT_EQ(objects->at(0).size, 50'000'000'000'000U);
    EXPECT_EQ(objects->at(0).modified, clock.now());
    EXPECT_EQ(objects->at(0).storage_class, "GLACIER");
    EXPECT_EQ(objects->at(1).key, "p/z%20+");  // from a server that does not encode
    EXPECT_EQ(http.seen[0].url, base + "?encoding-type=url&list-type=2&prefix=p%2F");
    EXPECT_EQ(http.seen[1].url,
              base + "?continuation-token=t%2F%2B%3D&encoding-type=url&list-type=2&prefix=p%2F");
}

TEST_F(S3BucketTest, AnEmptyListIsAList) {
    http.answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
    const auto objects = s3->list_objects("");
    ASSERT_TRUE(objects);
    EXPECT_TRUE(objects->empty());
}

TEST_F(S3BucketTest, AnAnswerThatIsNotAListIsAnError) {
    http.answer(200, "<html><body>Please log in</body></html>");
    expect_error(s3->list_objects(""), ErrorKind::unavailable, "not S3's");
    http.answer(200, "<ListBucketResult><Contents>");
    expect_error(s3->list_objects(""), ErrorKind::unavailable, "not S3's");
    http.error(200, "InternalError");
    expect_error(s3->list_objects(""), ErrorKind::unavailable, "InternalError");
    http.answer(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
    expect_error(s3->list_objects(""), ErrorKind::unavailable, "does not end");
    const std::string page =
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</"
        "NextContinuationToken></ListBucketResult>";
    http.answer(200, page);
    http.answer(200, page);
    expect_error(s3->list_objects(""), ErrorKind::unavailable, "does not end");
}

TEST_F(S3BucketTest, ListsTheVersionsOfOneKey) {
    http.answer(200,
                "<ListVersionsResult><EncodingType>url</EncodingType><Version><Key>a+b</"
                "Key><VersionId>1</VersionId></Version>"
                "<DeleteMarker><Key>a+b</Key><VersionId>2</VersionId></"
                "DeleteMarker><IsTruncated>true</IsTruncated><NextKeyMarker>a+b</NextKeyMarker>"
                "<NextVersionIdMarker>2</NextVersionIdMarker></ListVersionsResult>");
    http.answer(200,
                "<ListVersionsResult><EncodingType>url</EncodingType><Version><Key>a+b</"
                "Key><VersionId>3</VersionId></Version>"
                "<Version><Key>a+b.tmp</Key><VersionId>4</VersionId></Version><IsTruncated>true</"
                "IsTruncated><NextKeyMarker>a+b.tmp</NextKeyMarker>"
                "<NextVersionIdMarker>4</NextVersionIdMarker></ListVersionsResult>");
    const auto versions = s3->list_versions("a b");
    ASSERT_TRUE(versions) << versions.error().message();
    EXPECT_EQ(*versions, (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(http.seen[0].url, base + "?encoding-type=url&prefix=a%20b&versions=");
    EXPECT_EQ(
        http.seen[1].url,
        base + "?encoding-type=url&key-marker=a%20b&prefix=a%20b&version-id-marker=2&versions=");
}

TEST_F(S3BucketTest, AnEndlessListOfVersionsIsAnError) {
    const std::string page =
        "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</"
        "NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>"
        "</ListVersionsResult>";
    http.answer(200, page);
    http.answer(200, page);
    expect_error(s3->list_versions("k"), ErrorKind::unavailable, "does not end");
}

TEST_F(S3BucketTest, ReadsTheLifecycle) {
    http.answer(200,
                "<LifecycleConfiguration>"
                "<Rule><ID>abort</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>"
                "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></"
                "AbortIncompleteMultipartUpload></Rule>"
                "<Rule><ID>old</ID><Prefix>b/</Prefix><Status>Enabled</Status><Expiration><Days>1</"
                "Days></Expiration></Rule>"
                "<Rule><ID>and</ID><Filter><And><Prefix>c/</Prefix><Tag><Key>t</Key><Value>v</"
                "Value></Tag></And></Filter><Status>Enabled</Status>"
                "<NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays></"
                "NoncurrentVersionTransition></Rule>"
                "<Rule><ID>off</ID><Filter/><Status>Disabled</Status><Expiration><Days>1</Days></"
                "Expiration></Rule>"
                "<Rule><ID>all</ID><Filter/><Status>Enabled</Status><Transition><Days>1</Days></"
                "Transition></Rule></LifecycleConfiguration>");
    const auto rules = s3->get_lifecycle();
    ASSERT_TRUE(rules) << rules.error().message();
    EXPECT_EQ(http.seen.back().url, base + "?lifecycle=");
    ASSERT_EQ(rules->size(), 4U);
    EXPECT_EQ(rules->at(0).prefix, "a/");
    EXPECT_EQ(rules->at(0).abort_uploads_after_days, 7U);
    EXPECT_FALSE(rules->at(0).expires);
    EXPECT_EQ(rules->at(1).prefix, "b/");
    EXPECT_TRUE(rules->at(1).expires);
    EXPECT_FALSE(rules->at(1).abort_uploads_after_days);
    EXPECT_EQ(rules->at(2).prefix, "c/");
    EXPECT_TRUE(rules->at(2).transitions);
    EXPECT_EQ(rules->at(3).id, "all");
    EXPECT_EQ(rules->at(3).prefix, "");
}

TEST_F(S3BucketTest, ABucketMayHaveNoLifecycle) {
    http.error(404, "NoSuchLifecycleConfiguration");
    const auto rules = s3->get_lifecycle();
    ASSERT_TRUE(rules);
    EXPECT_TRUE(rules->empty());
    http.error(404, "NoSuchBucket");
    expect_error(s3->get_lifecycle(), ErrorKind::usage, "bucket");
}

TEST_F(S3BucketTest, ReadsWhetherVersionsAreKept) {
    http.answer(200, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    EXPECT_TRUE(s3->versioning_enabled().value_or(false));
    EXPECT_EQ(http.seen.back().url, base + "?versioning=");
    http.answer(200,
                "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>");
    EXPECT_FALSE(s3->versioning_enabled().value_or(true));
    http.answer(200, "<VersioningConfiguration/>");
    EXPECT_FALSE(s3->versioning_enabled().value_or(true));
}

}  // namespace
}  // namespace zg::aws
