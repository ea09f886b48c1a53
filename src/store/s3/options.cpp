#include "store/s3/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> wrong(std::string what, std::string hint) {
    return fail({.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)});
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
    return std::ranges::find(allowed, value) != allowed.end();
}

/// Checks Amazon's rules for names, so that a name cannot change the meaning of a URL.
Result<void> check_bucket(const std::string& bucket) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    if (bucket.size() >= 3 && bucket.size() <= 255 && std::ranges::all_of(bucket, good)) return {};
    return wrong(
        fmt::format("invalid bucket name \"{}\"", bucket),
        "write s3://BUCKET/PREFIX; a bucket's name has at least 3 of the characters a-z 0-9 - .");
}

Result<void> check_prefix(const std::string& prefix) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(prefix, control))
        return wrong("the prefix contains a control character",
                     "choose a prefix of letters, digits, '-' and '/'");
    if (prefix.size() > 800)
        return wrong("the prefix is too long", "a prefix has at most 800 bytes");
    // Clients and proxies remove such parts, and then the signature would be of another key.
    std::string_view rest = prefix;
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('/'));
        if (part.empty() || part == "." || part == "..")
            return wrong(
                fmt::format("the prefix \"{}\" has a part that is empty, '.' or '..'", prefix),
                "write s3://BUCKET/PREFIX with single slashes");
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    }
    return {};
}

Result<void> read_place(const std::string& rest, S3Options& options) {
    if (!rest.starts_with("//"))
        return wrong("the URL of an S3 store is s3://BUCKET/PREFIX",
                     "for example s3://my-backup/fileserver?class=DEEP_ARCHIVE");
    const std::string place = rest.substr(2);
    const std::size_t slash = place.find('/');
    options.bucket = place.substr(0, slash);
    ZG_TRY(options.prefix,
           percent_decoded(slash == std::string::npos ? "" : place.substr(slash + 1)));
    while (options.prefix.ends_with('/')) options.prefix.pop_back();
    ZG_CHECK(check_bucket(options.bucket));
    return check_prefix(options.prefix);
}

Result<void> read_lock(const std::string& text, S3Options& options) {
    const std::size_t colon = text.find(':');
    std::string mode = text.substr(0, colon);
    std::ranges::transform(mode, mode.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    auto time = parse_duration(colon == std::string::npos ? "" : text.substr(colon + 1));
    if (!is_one_of(mode, {"COMPLIANCE", "GOVERNANCE"}) || !time || *time < std::chrono::minutes(1))
        return wrong(fmt::format("invalid lock={}", text),
                     "write lock=compliance:180d or lock=governance:180d");
    options.lock_mode = mode;
    options.lock_time = *time;
    return {};
}

Result<void> read_tags(std::string_view text, decltype(S3Options::tags)& tags) {
    while (!text.empty()) {
        const std::string_view tag = text.substr(0, text.find(','));
        const std::size_t colon = tag.find(':');
        if (colon == 0 || colon == std::string_view::npos || tags.size() == 10)
            return wrong(fmt::format("invalid tag \"{}\"", tag),
                         "write tag=NAME:VALUE,NAME:VALUE, at most ten");
        tags.emplace_back(tag.substr(0, colon), tag.substr(colon + 1));
        text.remove_prefix(std::min(text.size(), tag.size() + 1));
    }
    return {};
}

Result<void> check_values(const S3Options& options) {
    if (!is_one_of(options.addressing, {"", "auto", "path", "virtual"}))
        return wrong(fmt::format("invalid addressing={}", options.addressing),
                     "write addressing=path, virtual or auto");
    if (!is_one_of(options.sse, {"", "AES256", "aws:kms", "aws:kms:dsse"}))
        return wrong(fmt::format("invalid sse={}", options.sse),
                     "write sse=AES256 (SSE-S3), sse=aws:kms or sse=aws:kms:dsse (SSE-KMS)");
    if (!options.kms_key.empty() && !options.sse.starts_with("aws:kms"))
        return wrong("kms-key needs sse=aws:kms", "write sse=aws:kms&kms-key=KEY");
    if (!options.endpoint.empty() && !options.endpoint.starts_with("http://") &&
        !options.endpoint.starts_with("https://"))
        return wrong(fmt::format("endpoint={} is not a URL", options.endpoint),
                     "write endpoint=https://HOST:PORT");
    const auto is_class = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (options.storage_class.empty() || !std::ranges::all_of(options.storage_class, is_class))
        return wrong(fmt::format("unknown storage class \"{}\"", options.storage_class),
                     "Amazon's are DEEP_ARCHIVE, GLACIER, GLACIER_IR, STANDARD_IA, ONEZONE_IA, "
                     "INTELLIGENT_TIERING, STANDARD");
    return {};
}

}  // namespace

std::string S3Options::key(std::string_view name) const {
    return prefix.empty() ? std::string(name) : fmt::format("{}/{}", prefix, name);
}

const std::vector<UrlOption>& s3_url_options() {
    static const std::vector<UrlOption> options{
        {.name = "addressing",
         .help = "path, virtual or auto: where the bucket's name is in the URL"},
        {.name = "class",
         .help = "Storage class of segments (DEEP_ARCHIVE)",
         .kept = true,
         .otherwise = S3Options{}.storage_class},
        {.name = "endpoint", .help = "URL of an S3-compatible server"},
        {.name = "kms-key", .help = "KMS key for sse=aws:kms", .kept = true},
        {.name = "lock", .help = "Object Lock, compliance:180d or governance:180d", .kept = true},
        {.name = "owner", .help = "Account id that must own the bucket"},
        {.name = "profile", .help = "Profile in ~/.aws/config"},
        {.name = "region", .help = "Region of the bucket"},
        {.name = "requester-pays", .help = "yes: pay for requests to a requester-pays bucket"},
        {.name = "sse",
         .help = "Encryption by the server: AES256, aws:kms or aws:kms:dsse",
         .kept = true},
        {.name = "tag", .help = "Tags of every object, NAME:VALUE,NAME:VALUE", .kept = true},
    };
    return options;
}

Result<S3Options> read_s3_options(const StoreUrl& url) {
    S3Options options;
    ZG_CHECK(read_place(url.rest, options));
    ZG_CHECK(check_options("s3:" + url.rest, url.options, s3_url_options()));
    const auto value = [&](const char* name, std::string otherwise = {}) {
        const auto found = url.options.find(name);
        return found != url.options.end() ? found->second : otherwise;
    };
    options.region = value("region");
    options.endpoint = value("endpoint");
    while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
    options.profile = value("profile");
    options.addressing = value("addressing");
    options.owner = value("owner");
    options.storage_class = value("class", options.storage_class);
    options.sse = value("sse");
    options.kms_key = value("kms-key");
    const std::string pays = value("requester-pays", "no");
    if (!is_one_of(pays, {"yes", "no"}))
        return wrong(fmt::format("invalid requester-pays={}", pays), "write requester-pays=yes");
    options.requester_pays = pays == "yes";
    if (const std::string lock = value("lock"); !lock.empty()) ZG_CHECK(read_lock(lock, options));
    ZG_CHECK(read_tags(value("tag"), options.tags));
    ZG_CHECK(check_values(options));
    return options;
}

bool is_cold_class(std::string_view storage_class) {
    return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

std::vector<ThawTier> s3_thaw_tiers(std::string_view storage_class) {
    using std::chrono::hours;
    if (storage_class == "GLACIER")
        return {
            {"expedited", std::chrono::minutes(5)}, {"standard", hours(5)}, {"bulk", hours(12)}};
    if (storage_class == "DEEP_ARCHIVE") return {{"standard", hours(12)}, {"bulk", hours(48)}};
    return {};
}

std::chrono::days s3_minimum_retention(std::string_view storage_class) {
    if (storage_class == "DEEP_ARCHIVE") return std::chrono::days(180);
    if (storage_class == "GLACIER" || storage_class == "GLACIER_IR") return std::chrono::days(90);
    if (storage_class == "STANDARD_IA" || storage_class == "ONEZONE_IA")
        return std::chrono::days(30);
    return std::chrono::days(0);
}

}  // namespace zg::store
