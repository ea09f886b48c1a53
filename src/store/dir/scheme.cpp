#include "store/dir/scheme.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.hpp"
#include "base/units.hpp"
#include "store/dir/dir_store.hpp"
#include "store/open.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

namespace {

/// The path absolute and without "..", double or closing slashes, so that the URL shown is the same
/// however it was written.
Result<std::string> absolute_path(std::string_view path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(std::filesystem::path(path), error);
    if (error) return fail(errno_error(error.value(), "cannot find the current folder", {}));
    std::string text = absolute.lexically_normal().string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    while (text.starts_with("//")) text.erase(0, 1);
    return text;
}

Result<DirOptions> read_dir_options(const StoreUrl& url) {
    if (url.rest.empty())
        return fail(
            {.kind = ErrorKind::usage, .what = "the URL has no folder", .hint = "write dir:/PATH"});
    ZG_CHECK(check_options("dir:" + url.rest, url.options, dir_scheme().options));
    DirOptions options;
    ZG_TRY(options.path, absolute_path(url.rest));
    if (const auto thaw = url.options.find("thaw"); thaw != url.options.end()) {
        ZG_TRY(options.thaw, parse_duration(thaw->second));
    }
    return options;
}

Result<void> check(const StoreUrl& url) {
    ZG_CHECK(read_dir_options(url));
    return {};
}

Result<std::unique_ptr<Store>> open(const StoreUrl& url, const OpenContext& context) {
    ZG_TRY(const DirOptions options, read_dir_options(url));
    if (context.create) ZG_CHECK(create_dir_store(options.path, context.steps));
    return open_dir_store(options, context.clock, context.steps);
}

}  // namespace

Scheme dir_scheme() {
    return {.name = "dir",
            .form = "dir:/path",
            .options = {{.name = "thaw", .help = "How long a simulated thaw takes"}},
            .check = check,
            .open = open};
}

}  // namespace zg::store
