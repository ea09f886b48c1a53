// Calls on the bucket.
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/s3/calls.hpp"
#include "aws/s3/client.hpp"
#include "aws/s3/error.hpp"
#include "aws/s3/s3.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

/// The prefix of a rule, in its old place or in one of the new ones.
std::string prefix_of(const pugi::xml_node& rule) {
    for (const pugi::xml_node place :
         {rule, rule.child("Filter"), rule.child("Filter").child("And")}) {
        if (const pugi::xml_node prefix = place.child("Prefix")) return prefix.child_value();
    }
    return {};
}

}  // namespace

Result<void> S3Calls::head_bucket() {
    auto answered = client_.call({.method = "HEAD", .action = "s3:ListBucket"});
    if (answered) return {};
    if (answered.error().kind != ErrorKind::not_found) return fail(std::move(answered.error()));
    return fail(error_of({.status = 404, .code = "NoSuchBucket", .message = "HTTP status 404"},
                         "s3:ListBucket", client_.where({})));
}

Result<std::vector<ListedObject>> S3Calls::list_objects(const std::string& prefix) {
    std::vector<ListedObject> objects;
    std::string token;
    for (;;) {
        Call call{.method = "GET",
                  .action = "s3:ListBucket",
                  .key = {},
                  .query = {{"list-type", "2"}, {"prefix", prefix}, {"encoding-type", "url"}}};
        if (!token.empty()) call.query.emplace_back("continuation-token", token);
        ZG_TRY(const pugi::xml_document document, call_xml(call));
        const pugi::xml_node result = document.document_element();
        for (const pugi::xml_node object : result.children("Contents")) {
            const char* key = object.child_value("Key");
            objects.push_back(
                {.key = listed_key(result, prefix, key),
                 .size = number_of(object.child_value("Size")),
                 .modified =
                     parse_iso_time(object.child_value("LastModified")).value_or(TimePoint{}),
                 .storage_class = object.child_value("StorageClass")});
        }
        const std::string next = result.child_value("NextContinuationToken");
        if (std::string_view(result.child_value("IsTruncated")) != "true") return objects;
        if (next.empty() || next == token)
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the server's listing does not end",
                         .where = client_.where(prefix)});
        token = next;
    }
}

Result<std::vector<std::string>> S3Calls::list_versions(const std::string& key) {
    std::vector<std::string> versions;
    std::string key_marker;
    std::string version_marker;
    for (;;) {
        Call call{.method = "GET",
                  .action = "s3:ListBucketVersions",
                  .key = {},
                  .query = {{"versions", ""}, {"prefix", key}, {"encoding-type", "url"}}};
        if (!key_marker.empty()) call.query.emplace_back("key-marker", key_marker);
        // Amazon refuses an empty marker.
        if (!version_marker.empty()) call.query.emplace_back("version-id-marker", version_marker);
        ZG_TRY(const pugi::xml_document document, call_xml(call));
        const pugi::xml_node result = document.document_element();
        for (const pugi::xml_node entry : result.children()) {
            const std::string_view name = entry.name();
            if (name != "Version" && name != "DeleteMarker") continue;
            const char* text = entry.child_value("Key");
            if (listed_key(result, key, text) == key)
                versions.emplace_back(entry.child_value("VersionId"));
        }
        const std::string_view next = result.child_value("NextKeyMarker");
        const std::string next_version = result.child_value("NextVersionIdMarker");
        key_marker = listed_key(result, key, next);
        // The key's own versions come before those of longer keys with the same beginning.
        if (std::string_view(result.child_value("IsTruncated")) != "true" || key_marker > key)
            return versions;
        if (key_marker.empty() || next_version == version_marker)
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the server's listing does not end",
                         .where = client_.where(key)});
        version_marker = next_version;
    }
}

Result<std::vector<LifecycleRule>> S3Calls::get_lifecycle() {
    auto document = call_xml({.method = "GET",
                              .action = "s3:GetLifecycleConfiguration",
                              .key = {},
                              .query = {{"lifecycle", ""}}});
    std::vector<LifecycleRule> rules;
    if (!document && document.error().kind == ErrorKind::not_found) return rules;
    if (!document) return fail(std::move(document.error()));
    for (const pugi::xml_node rule : document->document_element().children("Rule")) {
        if (std::string_view(rule.child_value("Status")) != "Enabled") continue;
        LifecycleRule read{
            .id = rule.child_value("ID"),
            .prefix = prefix_of(rule),
            .abort_uploads_after_days = {},
            .expires = rule.child("Expiration") || rule.child("NoncurrentVersionExpiration"),
            .transitions = rule.child("Transition") || rule.child("NoncurrentVersionTransition")};
        if (const pugi::xml_node abort = rule.child("AbortIncompleteMultipartUpload"))
            read.abort_uploads_after_days =
                static_cast<unsigned>(number_of(abort.child_value("DaysAfterInitiation")));
        rules.push_back(std::move(read));
    }
    return rules;
}

Result<bool> S3Calls::versioning_enabled() {
    ZG_TRY(const pugi::xml_document document, call_xml({.method = "GET",
                                                        .action = "s3:GetBucketVersioning",
                                                        .key = {},
                                                        .query = {{"versioning", ""}}}));
    return std::string_view(document.document_element().child_value("Status")) == "Enabled";
}

std::unique_ptr<S3> open_s3(BucketConfig config, const ClientContext& context) {
    return std::make_unique<S3Calls>(std::move(config), context);
}

}  // namespace zg::aws
