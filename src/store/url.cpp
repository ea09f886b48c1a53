#include "store/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/hex.hpp"
#include "store/schemes.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> wrong(std::string_view url, std::string what, std::string hint = {}) {
    return fail({.kind = ErrorKind::usage,
                 .what = std::move(what),
                 .where = std::string(url),
                 .hint = std::move(hint)});
}

Result<void> add_option(std::string_view url, std::string_view option, Options& options) {
    const std::size_t equals = option.find('=');
    const std::string key(option.substr(0, equals));
    ZG_TRY(std::string value,
           percent_decoded(equals == std::string_view::npos ? "" : option.substr(equals + 1)));
    if (key.empty())
        return wrong(url, "an option has no name", "write NAME=VALUE&NAME=VALUE after the '?'");
    if (!options.emplace(key, std::move(value)).second)
        return wrong(url, fmt::format("the option \"{}\" is given twice", key),
                     "give each option once");
    return {};
}

}  // namespace

Result<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const auto byte = codec::unhex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1)
            return wrong(text, "a '%' is not followed by two hexadecimal digits",
                         "write a literal '%' as %25");
        decoded += as_text(*byte);
        i += 2;
    }
    return decoded;
}

Result<StoreUrl> parse_url(std::string_view url) {
    const std::size_t colon = url.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return wrong(url, "this is not a store's URL", known_stores());
    const std::size_t question = url.find('?');
    StoreUrl parsed{.scheme = std::string(url.substr(0, colon)), .rest = {}, .options = {}};
    parsed.rest =
        url.substr(colon + 1, question == std::string_view::npos ? question : question - colon - 1);
    std::string_view query = question == std::string_view::npos ? "" : url.substr(question + 1);
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        ZG_CHECK(add_option(url, query.substr(0, end), parsed.options));
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    }
    return parsed;
}

Result<void> check_options(std::string_view url, const Options& options,
                           const std::vector<UrlOption>& known) {
    for (const auto& [name, value] : options) {
        if (std::ranges::find(known, name, &UrlOption::name) != known.end()) continue;
        std::string names;
        for (const UrlOption& other : known) names += (names.empty() ? "" : ", ") + other.name;
        return wrong(url, fmt::format("the store has no option \"{}\"", name),
                     fmt::format("its options are: {}", names));
    }
    return {};
}

}  // namespace zg::store
