// The options of s3://bucket/prefix?class=DEEP_ARCHIVE&region=eu-central-1.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

struct S3Options {
    std::string bucket;
    std::string prefix;      ///< without a slash at either end; may be empty
    std::string region;      ///< empty: from the AWS settings
    std::string endpoint;    ///< empty: from the AWS settings
    std::string profile;     ///< empty: from the environment
    std::string addressing;  ///< "path", "virtual", "auto"; empty: from the AWS settings
    std::string owner;       ///< expected bucket owner, an account id
    bool requester_pays = false;
    std::string storage_class = "DEEP_ARCHIVE";  ///< of segments
    std::string sse;
    std::string kms_key;
    std::string lock_mode;  ///< "COMPLIANCE", "GOVERNANCE"; empty: no lock
    std::chrono::seconds lock_time{};
    std::vector<std::pair<std::string, std::string>> tags;  ///< name and value

    /// "prefix/name", or "name" without a prefix.
    [[nodiscard]] std::string key(std::string_view name) const;
};

/// The options that a URL can have, by name.
const std::vector<UrlOption>& s3_url_options();

/// usage, with the error and the valid form, for invalid options.
Result<S3Options> read_s3_options(const StoreUrl& url);

/// Whether objects of the class must be thawed before they are read.
bool is_cold_class(std::string_view storage_class);
/// The tiers of a class, the cheapest last; empty if it is not cold. Source: S3 User Guide,
/// "Understanding archive retrieval options".
std::vector<ThawTier> s3_thaw_tiers(std::string_view storage_class);
/// How long an object is billed at least.
std::chrono::days s3_minimum_retention(std::string_view storage_class);

}  // namespace zg::store
