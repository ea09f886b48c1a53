#include "store/open.hpp"

#include <expected>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> located(Error error, std::string_view url) {
    if (error.where.empty()) error.where = url;
    return fail(std::move(error));
}

Result<StoreUrl> parse_with(std::string_view url, const Options& overrides,
                            const Options& defaults) {
    ZG_TRY(StoreUrl parsed, parse_url(url));
    for (const auto& [name, value] : overrides) parsed.options.insert_or_assign(name, value);
    for (const auto& [name, value] : defaults) parsed.options.emplace(name, value);
    return parsed;
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenContext& context) {
    ZG_TRY(const StoreUrl parsed, parse_with(url, context.overrides, context.defaults));
    const auto scheme = find_scheme(parsed);
    if (!scheme) return located(scheme.error(), url);
    auto opened = (*scheme)->open(parsed, context);
    if (!opened) return located(std::move(opened.error()), url);
    return opened;
}

Result<Options> kept_options(std::string_view url, const Options& overrides) {
    ZG_TRY(const StoreUrl parsed, parse_with(url, overrides, {}));
    const auto scheme = find_scheme(parsed);
    if (!scheme) return located(scheme.error(), url);
    Options kept;
    for (const UrlOption& option : (*scheme)->options) {
        if (!option.kept) continue;
        const auto given = parsed.options.find(option.name);
        if (given != parsed.options.end())
            kept.insert(*given);
        else if (!option.otherwise.empty())
            kept.emplace(option.name, option.otherwise);
    }
    if (kept.empty()) return kept;
    auto checked = (*scheme)->check(parsed);
    if (!checked) return located(std::move(checked.error()), url);
    return kept;
}

}  // namespace zg::store
