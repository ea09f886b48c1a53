#include "store/open.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/units.hpp"
#include "store/dir/dir_store.hpp"
#include "store/s3/open.hpp"
#include "store/s3/options.hpp"
#include "store/vault/options.hpp"
#include "store/vault/vault_store.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> located(Error error, std::string_view url) {
    if (error.where.empty()) error.where = url;
    return fail(std::move(error));
}

/// The path absolute and without "..", double or closing slashes, so that the URL shown is the same
/// however it was written.
Result<std::string> absolute_path(std::string_view url, std::string_view path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(std::filesystem::path(path), error);
    if (error)
        return fail(errno_error(error.value(), "cannot tell the current folder", std::string(url)));
    std::string text = absolute.lexically_normal().string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    while (text.starts_with("//")) text.erase(0, 1);
    return text;
}

Result<std::unique_ptr<Store>> open_dir(std::string_view url, const StoreUrl& parsed,
                                        const OpenContext& context) {
    if (parsed.rest.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "no folder is named",
                     .where = std::string(url),
                     .hint = "write dir:/PATH"});
    ZG_CHECK(check_options(url, parsed.options, {{"thaw", "how long a practice thaw takes"}}));
    DirOptions options;
    ZG_TRY(options.path, absolute_path(url, parsed.rest));
    if (const auto thaw = parsed.options.find("thaw"); thaw != parsed.options.end()) {
        auto duration = parse_duration(thaw->second);
        if (!duration) return located(std::move(duration.error()), url);
        options.thaw = *duration;
    }
    if (context.create) ZG_CHECK(create_dir_store(options.path, context.steps));
    return open_dir_store(options, context.clock, context.steps);
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
    if (parsed.scheme == "dir") return open_dir(url, parsed, context);
    if (parsed.scheme == "glacier") {
        auto options = read_vault_options(parsed);
        if (!options) return located(std::move(options.error()), url);
        if (options->vault.empty())
            return fail(
                {.kind = ErrorKind::usage,
                 .what = "no vault is named",
                 .where = std::string(url),
                 .hint =
                     "write glacier://REGION/VAULT; `zglacier vault list` shows those there are"});
        return open_vault_store(std::move(*options), context);
    }
    if (parsed.scheme != "s3")
        return fail(
            {.kind = ErrorKind::usage,
             .what = fmt::format("there is no store of the sort \"{}:\"", parsed.scheme),
             .where = std::string(url),
             .hint = "the stores are dir:/path, s3://bucket/prefix and glacier://region/vault"});
    auto options = read_s3_options(parsed);
    if (!options) return located(std::move(options.error()), url);
    return open_s3_store(std::move(*options), context);
}

Result<Options> kept_options(std::string_view url, const Options& overrides) {
    ZG_TRY(const StoreUrl parsed, parse_with(url, overrides, {}));
    Options kept;
    if (parsed.scheme != "s3") return kept;
    auto read = read_s3_options(parsed);
    if (!read) return located(std::move(read.error()), url);
    for (const std::string& name : s3_kept_options()) {
        if (const auto given = parsed.options.find(name); given != parsed.options.end())
            kept.insert(*given);
    }
    kept.insert_or_assign("class", read->storage_class);
    return kept;
}

}  // namespace zg::store
