// A store's URL, cut into its pieces.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zg::store {

/// The options behind the '?' of a URL, by name.
using Options = std::map<std::string, std::string>;

/// An option that a URL of some scheme can have.
struct UrlOption {
    std::string name;
    std::string help{};       ///< one line
    bool kept = false;        ///< every later run must know it: it goes into the store's record
    std::string otherwise{};  ///< kept only: the value if it is left out; empty: none
};

/// "s3://bucket/prefix?class=GLACIER": scheme "s3", rest "//bucket/prefix", options {class:
/// GLACIER}. %XX is undone in the options, not in `rest`.
struct StoreUrl {
    std::string scheme;
    std::string rest;
    Options options;
};

/// usage where there is no scheme, an option stands twice, or a '%' is not followed by two
/// hexadecimal digits.
Result<StoreUrl> parse_url(std::string_view url);

/// Undoes %XX; usage where a '%' is not followed by two hexadecimal digits.
Result<std::string> percent_decoded(std::string_view text);

/// usage, naming what there is, where `options` has one that is not in `known`.
Result<void> check_options(std::string_view url, const Options& options,
                           const std::vector<UrlOption>& known);

}  // namespace zg::store
