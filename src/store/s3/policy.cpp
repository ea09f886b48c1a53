#include "store/s3/policy.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "store/s3/options.hpp"
#include "store/schemes.hpp"

namespace zg::store {

namespace {

using Json = nlohmann::ordered_json;

std::string partition(const std::string& region) {
    if (region.starts_with("cn-")) return "aws-cn";
    return region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

/// The ARNs of one store, and statements about them.
class Arns {
  public:
    explicit Arns(const S3Options& options)
        : options_(options), partition_(partition(options.region)) {}

    [[nodiscard]] std::string bucket() const {
        return fmt::format("arn:{}:s3:::{}", partition_, options_.bucket);
    }
    [[nodiscard]] std::string objects(const std::string& below) const {
        return fmt::format("{}/{}", bucket(), options_.key(below));
    }

    [[nodiscard]] Json on_bucket(const std::string& sid,
                                 const std::vector<std::string>& actions) const {
        return statement(sid, actions, bucket());
    }
    /// As on_bucket(), for names below the store's prefix only. Source: Service Authorization
    /// Reference, "Actions, resources, and condition keys for Amazon S3": ListBucket and
    /// ListBucketVersions know s3:prefix, ListBucketMultipartUploads does not. A HEAD or GET of an
    /// object that is missing is answered with 404 instead of 403 if ListBucket is allowed for
    /// the object's name as prefix.
    [[nodiscard]] Json on_names(const std::string& sid,
                                const std::vector<std::string>& actions) const {
        Json json = on_bucket(sid, actions);
        json["Condition"] = {{"StringLike", {{"s3:prefix", options_.key("*")}}}};
        return json;
    }
    [[nodiscard]] Json on_objects(const std::string& sid, const std::vector<std::string>& actions,
                                  const std::string& below = "*") const {
        return statement(sid, actions, objects(below));
    }

    /// A statement about the given key. Amazon's own key (aws/s3) can be used by everyone who may
    /// use the bucket.
    [[nodiscard]] Json on_key(const std::vector<std::string>& actions) const {
        const std::string& key = options_.kms_key;
        const bool arn = key.starts_with("arn:");
        const std::string name = arn ? key.substr(key.rfind(':') + 1) : key;
        const std::string keys = fmt::format("arn:{}:kms:{}:*:key/", partition_,
                                             options_.region.empty() ? "*" : options_.region);
        // IAM identifies a key by its id; an alias needs a condition.
        if (name.starts_with("alias/")) {
            Json json = statement("Key", actions, keys + "*");
            json["Condition"] = {{"ForAnyValue:StringEquals", {{"kms:ResourceAliases", name}}}};
            return json;
        }
        return statement("Key", actions, arn ? key : keys + key);
    }

  private:
    static Json statement(const std::string& sid, const std::vector<std::string>& actions,
                          const std::string& resource) {
        return {{"Sid", sid}, {"Effect", "Allow"}, {"Action", actions}, {"Resource", resource}};
    }

    const S3Options& options_;
    std::string partition_;
};

std::string document(Json statements) {
    return Json{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}}.dump(2);
}

bool with_key(const S3Options& options) {
    return options.sse.starts_with("aws:kms") && !options.kms_key.empty();
}

std::string backup_policy(const S3Options& options, const RemovalScope& removals) {
    const Arns arns(options);
    Json statements = Json::array();
    statements.push_back(arns.on_names("ListNames", {"s3:ListBucket"}));
    statements.push_back(
        arns.on_bucket("LookAtBucket", {"s3:ListBucketMultipartUploads", "s3:GetBucketVersioning",
                                        "s3:GetLifecycleConfiguration"}));
    std::vector<std::string> objects{"s3:PutObject", "s3:GetObject", "s3:GetObjectAttributes",
                                     "s3:AbortMultipartUpload"};
    if (!options.lock_mode.empty())
        objects.insert(objects.end(), {"s3:PutObjectRetention", "s3:GetObjectRetention"});
    if (!options.tags.empty()) objects.emplace_back("s3:PutObjectTagging");
    statements.push_back(arns.on_objects("WriteAndCompare", objects));
    // To remove segments of unfinished archives.
    statements.push_back(arns.on_objects("RemoveUnfinished", {"s3:DeleteObject"}, removals.names));
    if (removals.versioned) {
        statements.push_back(arns.on_names("ListVersions", {"s3:ListBucketVersions"}));
        statements.push_back(arns.on_objects("RemoveUnfinishedVersions", {"s3:DeleteObjectVersion"},
                                             removals.names));
    }
    if (with_key(options))
        statements.push_back(arns.on_key({"kms:GenerateDataKey", "kms:Decrypt"}));
    return document(std::move(statements));
}

std::string restore_policy(const S3Options& options) {
    const Arns arns(options);
    Json statements = Json::array();
    statements.push_back(arns.on_names("ListNames", {"s3:ListBucket"}));
    statements.push_back(arns.on_objects(
        "ThawAndRead", {"s3:GetObject", "s3:GetObjectAttributes", "s3:RestoreObject"}));
    if (with_key(options)) statements.push_back(arns.on_key({"kms:Decrypt"}));
    return document(std::move(statements));
}

}  // namespace

AccessPolicies s3_policies(const S3Options& options, const RemovalScope& removals) {
    return {backup_policy(options, removals), restore_policy(options)};
}

}  // namespace zg::store
