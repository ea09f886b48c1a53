// The kinds of stores, one row of a table for each. A new kind of store is a folder with the store
// and its row, and a line in schemes.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

struct OpenContext;

/// The minimal policies for a store: two JSON documents.
struct AccessPolicies {
    std::string backup;
    std::string restore;
};

/// What a backup may remove.
struct RemovalScope {
    std::string names;  ///< names of objects, with * for any text
    /// the place keeps old versions, and backups may remove those, too
    bool versioned = false;
};

/// A kind of store, by the scheme of its URL. If a function is null, the store does not have this
/// feature.
struct Scheme {
    std::string name;  ///< "s3"
    std::string form;  ///< "s3://bucket/prefix", for messages
    std::vector<UrlOption> options{};
    /// Heading of the options in the help; empty: they are not flags of the command line.
    std::string option_group{};
    /// A backup creates the store if it is missing.
    bool made_by_backup = false;

    /// usage for an invalid URL.
    Result<void> (*check)(const StoreUrl& url) = nullptr;
    /// See open_store(); `url` has all options. Errors need not name the URL.
    Result<std::unique_ptr<Store>> (*open)(const StoreUrl& url,
                                           const OpenContext& context) = nullptr;
    /// The rest of the URL, with a place named after `dataset`; nothing if the URL names the place
    /// itself. Null: it always does.
    std::optional<std::string> (*rest_for_dataset)(const StoreUrl& url,
                                                   std::string_view dataset) = nullptr;
    /// Sends no request.
    Result<AccessPolicies> (*policies)(const StoreUrl& url, const RemovalScope& removals) = nullptr;
};

/// All rows.
std::span<const Scheme> schemes();

/// The row of the URL's scheme; usage, listing the known ones, if there is none.
Result<const Scheme*> find_scheme(const StoreUrl& url);

/// "the stores are dir:/path, s3://bucket/prefix and …", for hints.
std::string known_stores();

/// Whether the URL leaves the place to be named after the dataset: "glacier:" or
/// "glacier://REGION".
bool is_named_by_dataset(const std::string& url);
/// Such a URL with the place named after the dataset; any other URL unchanged.
Result<std::string> url_for_dataset(const std::string& url, const std::string& dataset);
/// Whether a backup creates the store if it is missing: a vault's.
bool is_made_by_backup(const std::string& url);

}  // namespace zg::store
