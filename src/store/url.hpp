// Parses a store's URL.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zg::store {

/// The options after the '?' of a URL, by name.
using Options = std::map<std::string, std::string>;

/// An option of a scheme's URLs.
struct UrlOption {
    std::string name;
    std::string help{};       ///< one line
    bool kept = false;        ///< every later run needs it: it is kept in the store's record
    std::string otherwise{};  ///< if kept: the default value; empty: none
};

/// "s3://bucket/prefix?class=GLACIER": scheme "s3", rest "//bucket/prefix", options {class:
/// GLACIER}. %XX is decoded in the options, not in `rest`.
struct StoreUrl {
    std::string scheme;
    std::string rest;
    Options options;
};

/// usage if there is no scheme, an option is given twice, or a '%' is not followed by two
/// hexadecimal digits.
Result<StoreUrl> parse_url(std::string_view url);

/// Decodes %XX; usage if a '%' is not followed by two hexadecimal digits.
Result<std::string> percent_decoded(std::string_view text);

/// usage, listing the known options, if `options` has one that is not in `known`.
Result<void> check_options(std::string_view url, const Options& options,
                           const std::vector<UrlOption>& known);

}  // namespace zg::store
