#include "store/schemes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "store/dir/scheme.hpp"
#include "store/s3/scheme.hpp"
#include "store/url.hpp"
#include "store/vault/scheme.hpp"

namespace zg::store {

namespace {

/// The parsed URL and its scheme; nothing for an invalid URL.
struct Known {
    StoreUrl url;
    const Scheme* scheme = nullptr;
};
std::optional<Known> parse_known(const std::string& url) {
    auto parsed = parse_url(url);
    if (!parsed) return std::nullopt;
    const auto scheme = find_scheme(*parsed);
    if (!scheme) return std::nullopt;
    return Known{.url = std::move(*parsed), .scheme = *scheme};
}

}  // namespace

std::span<const Scheme> schemes() {
    static const std::array rows{dir_scheme(), s3_scheme(), vault_scheme()};
    return rows;
}

Result<const Scheme*> find_scheme(const StoreUrl& url) {
    const auto found = std::ranges::find(schemes(), url.scheme, &Scheme::name);
    if (found != schemes().end()) return &*found;
    return fail({.kind = ErrorKind::usage,
                 .what = fmt::format("unknown kind of store \"{}:\"", url.scheme),
                 .hint = known_stores()});
}

std::string known_stores() {
    std::string text = "the stores are ";
    const std::span<const Scheme> rows = schemes();
    for (std::size_t i = 0; i < rows.size(); ++i)
        text += (i == 0 ? "" : i + 1 < rows.size() ? ", " : " and ") + rows[i].form;
    return text;
}

bool is_named_by_dataset(const std::string& url) {
    const auto known = parse_known(url);
    return known && known->scheme->rest_for_dataset != nullptr &&
           known->scheme->rest_for_dataset(known->url, "").has_value();
}

Result<std::string> url_for_dataset(const std::string& url, const std::string& dataset) {
    if (!is_named_by_dataset(url)) return url;
    const auto known = parse_known(url);
    const std::size_t question = url.find('?');
    return fmt::format("{}:{}{}", known->scheme->name,
                       *known->scheme->rest_for_dataset(known->url, dataset),
                       question == std::string::npos ? "" : url.substr(question));
}

bool is_made_by_backup(const std::string& url) {
    const auto known = parse_known(url);
    return known && known->scheme->made_by_backup;
}

}  // namespace zg::store
