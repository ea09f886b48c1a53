#include "store/s3/options.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/s3/etag.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {
namespace {

using namespace std::chrono_literals;

Result<S3Options> read(const std::string& url) {
    ZG_TRY(const StoreUrl parsed, parse_url(url));
    return read_s3_options(parsed);
}

TEST(S3Options, TheShortestUrlIsADeepArchive) {
    const auto options = read("s3://my-bucket");
    ASSERT_TRUE(options) << options.error().message();
    EXPECT_EQ(options->bucket, "my-bucket");
    EXPECT_EQ(options->storage_class, "DEEP_ARCHIVE");
    EXPECT_EQ(options->key("zglacier.json"), "zglacier.json");
    EXPECT_TRUE(options->lock_mode.empty());
    EXPECT_FALSE(options->requester_pays);
}

TEST(S3Options, AllAreRead) {
    const auto options = read(
        "s3://my-bucket/a/b/?class=GLACIER&region=eu-central-1&endpoint=https://h:1/"
        "&profile=p&addressing=path&owner=123456789012&requester-pays=yes"
        "&sse=aws:kms&kms-key=alias/k&lock=governance:2h&tag=team:it,why:a:b");
    ASSERT_TRUE(options) << options.error().message();
    EXPECT_EQ(options->key("archives/1"), "a/b/archives/1");
    EXPECT_EQ(options->storage_class, "GLACIER");
    EXPECT_EQ(options->region, "eu-central-1");
    EXPECT_EQ(options->endpoint, "https://h:1");
    EXPECT_EQ(options->profile, "p");
    EXPECT_EQ(options->addressing, "path");
    EXPECT_EQ(options->owner, "123456789012");
    EXPECT_TRUE(options->requester_pays);
    EXPECT_EQ(options->sse, "aws:kms");
    EXPECT_EQ(options->kms_key, "alias/k");
    EXPECT_EQ(options->lock_mode, "GOVERNANCE");
    EXPECT_EQ(options->lock_time, 2h);
    EXPECT_EQ(options->tags, (decltype(S3Options::tags){{"team", "it"}, {"why", "a:b"}}));
    EXPECT_EQ(s3_url_options().size(), 11U) << "an option that this test does not know";
}

TEST(S3Options, TheRecordKeepsOptionsThatAffectObjects) {
    std::vector<std::string> kept;
    for (const UrlOption& option : s3_url_options())
        if (option.kept) kept.push_back(option.name);
    EXPECT_EQ(kept, (std::vector<std::string>{"class", "kms-key", "lock", "sse", "tag"}));
}

TEST(S3Options, AnInvalidOptionIsAUsageErrorWithTheValidForm) {
    for (const char* wrong : {"s3:",
                              "s3:bucket",
                              "s3:///x",
                              "s3://ab",
                              "s3://a b c",
                              "s3://bucket@host",
                              "s3://bucket//x",
                              "s3://bucket/a//b",
                              "s3://bucket/../x",
                              "s3://bucket/a/.",
                              "s3://bucket/a%0ab",
                              "s3://bucket?clas=GLACIER",
                              "s3://bucket?class=",
                              "s3://bucket?class=deep_archive",
                              "s3://bucket?lock=compliance",
                              "s3://bucket?lock=forever:1d",
                              "s3://bucket?lock=compliance:0d",
                              "s3://bucket?lock=compliance:x",
                              "s3://bucket?sse=aes",
                              "s3://bucket?kms-key=k",
                              "s3://bucket?sse=AES256&kms-key=k",
                              "s3://bucket?addressing=dns",
                              "s3://bucket?requester-pays=true",
                              "s3://bucket?endpoint=host:9000",
                              "s3://bucket?tag=a",
                              "s3://bucket?tag=:b",
                              "s3://bucket?tag=a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,k:1"}) {
        const auto options = read(wrong);
        ASSERT_FALSE(options) << wrong;
        EXPECT_EQ(options.error().kind, ErrorKind::usage) << wrong;
        EXPECT_FALSE(options.error().hint.empty()) << wrong;
    }
    EXPECT_FALSE(read("s3://bucket/" + std::string(801, 'x')));
}

TEST(S3Options, OnlyColdClassesHaveTiers) {
    EXPECT_EQ(s3_thaw_tiers("GLACIER").size(), 3U);
    EXPECT_EQ(s3_thaw_tiers("DEEP_ARCHIVE").size(), 2U) << "no expedited";
    for (const char* name : {"STANDARD", "GLACIER_IR", "STANDARD_IA", "MY_OWN"}) {
        EXPECT_TRUE(s3_thaw_tiers(name).empty()) << name;
        EXPECT_FALSE(is_cold_class(name)) << name;
    }
    EXPECT_EQ(s3_minimum_retention("DEEP_ARCHIVE"), std::chrono::days(180));
    EXPECT_EQ(s3_minimum_retention("GLACIER_IR"), std::chrono::days(90));
    EXPECT_EQ(s3_minimum_retention("STANDARD"), std::chrono::days(0));
}

Part with_tag(std::string tag) {
    Part part;
    part.tag = std::move(tag);
    return part;
}

TEST(S3Etag, IsTheMd5OfTheMd5s) {
    // printf 'hello' | md5sum and printf 'world' | md5sum; both digests as bytes, md5sum.
    const std::vector<Part> parts{with_tag("\"5d41402abc4b2a76b9719d911017c592\""),
                                  with_tag("7d793037a0760186574b0282f2f435e7")};
    EXPECT_EQ(multipart_etag(parts), "065947336a2f2a95ba8899f3675c3be6-2");
}

TEST(S3Etag, PartsEncryptedWithAKmsKeyHaveNoMd5) {
    const std::vector<Part> parts{with_tag("\"5d41402abc4b2a76b9719d911017c592\""),
                                  with_tag("\"not-a-digest\"")};
    EXPECT_EQ(multipart_etag(parts), std::nullopt);
}

}  // namespace
}  // namespace zg::store
