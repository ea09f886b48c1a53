#include "store/s3/policy.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "store/s3/options.hpp"
#include "store/schemes.hpp"
#include "store/url.hpp"

namespace zg::store {
namespace {

using testing::ElementsAre;
using Json = nlohmann::json;

Json policy(const std::string& url, bool restore = false, bool versioned = false) {
    const auto options = read_s3_options(*parse_url(url));
    EXPECT_TRUE(options) << options.error().message();
    const AccessPolicies policies =
        s3_policies(*options, {.names = "segments/*.zfs*", .versioned = versioned});
    return Json::parse(restore ? policies.restore : policies.backup);
}

std::set<std::string> actions(const Json& policy) {
    std::set<std::string> all;
    for (const Json& statement : policy["Statement"]) {
        EXPECT_EQ(statement["Effect"], "Allow");
        for (const Json& action : statement["Action"]) all.insert(action);
    }
    return all;
}

Json statement_with(const Json& policy, const std::string& action) {
    for (const Json& statement : policy["Statement"]) {
        for (const Json& one : statement["Action"]) {
            if (one == action) return statement;
        }
    }
    return {};
}

TEST(S3Policy, BackupMayMakeTheStoresCalls) {
    const Json backup = policy("s3://bucket/a/b");
    EXPECT_EQ(backup["Version"], "2012-10-17");
    EXPECT_EQ(actions(backup),
              (std::set<std::string>{"s3:ListBucket", "s3:ListBucketMultipartUploads",
                                     "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration",
                                     "s3:PutObject", "s3:GetObject", "s3:GetObjectAttributes",
                                     "s3:AbortMultipartUpload", "s3:DeleteObject"}));
    EXPECT_EQ(statement_with(backup, "s3:PutObject")["Resource"], "arn:aws:s3:::bucket/a/b/*");
    EXPECT_EQ(statement_with(backup, "s3:DeleteObject")["Resource"],
              "arn:aws:s3:::bucket/a/b/segments/*.zfs*")
        << "neither manifests nor the record";
    EXPECT_EQ(statement_with(backup, "s3:ListBucket")["Resource"], "arn:aws:s3:::bucket");
    EXPECT_EQ(statement_with(backup, "s3:ListBucket")["Condition"]["StringLike"]["s3:prefix"],
              "a/b/*");
    EXPECT_FALSE(statement_with(backup, "s3:ListBucketMultipartUploads").contains("Condition"))
        << "s3:prefix does not apply to it in IAM";
}

TEST(S3Policy, RestoreMayNotRemoveOrWriteAnything) {
    const Json restore =
        policy("s3://bucket/a?sse=aws:kms&kms-key=1234&lock=compliance:180d&tag=a:b", true, true);
    EXPECT_EQ(actions(restore),
              (std::set<std::string>{"s3:ListBucket", "s3:GetObject", "s3:GetObjectAttributes",
                                     "s3:RestoreObject", "kms:Decrypt"}));
    EXPECT_EQ(statement_with(restore, "s3:RestoreObject")["Resource"], "arn:aws:s3:::bucket/a/*");
}

TEST(S3Policy, OptionsNeedAdditionalPermissions) {
    const auto has = [](const std::string& url, const std::string& action, bool versioned = false) {
        return actions(policy(url, false, versioned)).contains(action);
    };
    EXPECT_TRUE(has("s3://bucket?lock=governance:1d", "s3:PutObjectRetention"));
    EXPECT_TRUE(has("s3://bucket?tag=a:b", "s3:PutObjectTagging"));
    EXPECT_FALSE(has("s3://bucket", "s3:PutObjectTagging"));
    EXPECT_TRUE(has("s3://bucket", "s3:DeleteObjectVersion", true));
    EXPECT_TRUE(has("s3://bucket", "s3:ListBucketVersions", true));
    EXPECT_FALSE(has("s3://bucket?sse=aws:kms", "kms:Decrypt"))
        << "Amazon's own key can be used by everyone who may use the bucket";
}

TEST(S3Policy, NamesKeysByIdArnAndAlias) {
    const auto key = [](const std::string& url) {
        return statement_with(policy(url), "kms:GenerateDataKey");
    };
    EXPECT_EQ(key("s3://bucket?sse=aws:kms&region=eu-central-1&kms-key=1234-ab")["Resource"],
              "arn:aws:kms:eu-central-1:*:key/1234-ab");
    EXPECT_EQ(key("s3://bucket?sse=aws:kms&kms-key=1234-ab")["Resource"],
              "arn:aws:kms:*:*:key/1234-ab");
    EXPECT_EQ(
        key("s3://bucket?sse=aws:kms:dsse&kms-key=arn:aws:kms:eu-central-1:1:key/x")["Resource"],
        "arn:aws:kms:eu-central-1:1:key/x");
    const Json alias = key("s3://bucket?sse=aws:kms&kms-key=alias/backup");
    EXPECT_EQ(alias["Resource"], "arn:aws:kms:*:*:key/*");
    EXPECT_EQ(alias["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"],
              "alias/backup");
}

TEST(S3Policy, WorksWithoutAPrefixAndInOtherPartitions) {
    EXPECT_EQ(statement_with(policy("s3://bucket"), "s3:PutObject")["Resource"],
              "arn:aws:s3:::bucket/*");
    EXPECT_EQ(statement_with(policy("s3://bucket"),
                             "s3:ListBucket")["Condition"]["StringLike"]["s3:prefix"],
              "*");
    EXPECT_EQ(statement_with(policy("s3://bucket?region=cn-north-1"), "s3:ListBucket")["Resource"],
              "arn:aws-cn:s3:::bucket");
}

}  // namespace
}  // namespace zg::store
