#include "store/open.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/units.hpp"
#include "store/dir_store.hpp"

namespace zg::store {

namespace {

constexpr std::string_view known_urls = "the stores are dir:/path and dir:/path?thaw=12h";

std::unexpected<Error> wrong_url(std::string_view url, std::string what) {
    return fail({.kind = ErrorKind::usage,
                 .what = std::move(what),
                 .where = std::string(url),
                 .hint = std::string(known_urls)});
}

/// The path absolute and without "..", double or closing slashes, so that the URL shown is the same however
/// it was written.
Result<std::string> absolute_path(std::string_view url, std::string_view path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(std::filesystem::path(path), error);
    if (error)
        return fail(errno_error(error.value(), "cannot tell the current folder", std::string(url)));
    std::string text = absolute.lexically_normal().string();
    while (text.size() > 1 && text.ends_with('/'))
        text.pop_back();
    while (text.starts_with("//"))
        text.erase(0, 1);
    return text;
}

Result<void> read_option(std::string_view url, std::string_view option, DirOptions& options) {
    const std::size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    if (key != "thaw")
        return wrong_url(url, fmt::format("the store has no option \"{}\"", key));
    if (options.thaw)
        return wrong_url(url, "the option \"thaw\" stands twice");
    auto duration = parse_duration(equals == std::string_view::npos ? "" : option.substr(equals + 1));
    if (!duration) {
        duration.error().where = url;
        return fail(std::move(duration.error()));
    }
    options.thaw = *duration;
    return {};
}

Result<std::unique_ptr<Store>> open_dir(std::string_view url, std::string_view rest,
                                        const OpenContext& context) {
    const std::size_t question = rest.find('?');
    const std::string_view path = rest.substr(0, question);
    if (path.empty())
        return wrong_url(url, "no folder is named");
    DirOptions options;
    ZG_TRY(options.path, absolute_path(url, path));
    std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        ZG_CHECK(read_option(url, query.substr(0, end), options));
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    }
    if (context.create)
        ZG_CHECK(create_dir_store(options.path, context.steps));
    return open_dir_store(options, context.clock, context.steps);
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenContext& context) {
    const std::size_t colon = url.find(':');
    const std::string_view scheme = url.substr(0, colon);
    if (colon == std::string_view::npos)
        return wrong_url(url, "this is not a store's URL");
    if (scheme == "dir")
        return open_dir(url, url.substr(colon + 1), context);
    return wrong_url(url, fmt::format("there is no store of the sort \"{}:\"", scheme));
}

}  // namespace zg::store
