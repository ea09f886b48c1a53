// s3://bucket/prefix?class=DEEP_ARCHIVE&region=eu-central-1: what it says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

struct S3Options {
    std::string bucket;
    std::string prefix;      ///< without a slash at either end; may be empty
    std::string region;      ///< empty: as the AWS settings say
    std::string endpoint;    ///< empty: as the AWS settings say
    std::string profile;     ///< empty: as the environment says
    std::string addressing;  ///< "path", "virtual", "auto"; empty: as the AWS settings say
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

/// usage, saying what is wrong and how it is written, for anything that cannot be.
Result<S3Options> read_s3_options(const StoreUrl& url);

/// True for the classes whose objects must be thawed before they are read.
bool is_cold_class(std::string_view storage_class);
/// What can be asked for in a class, the cheapest last; empty where it is not cold.
/// Source: S3 User Guide, "Understanding archive retrieval options".
std::vector<ThawTier> s3_thaw_tiers(std::string_view storage_class);
/// How long an object is paid for at the least.
std::chrono::days s3_minimum_retention(std::string_view storage_class);

}  // namespace zg::store
