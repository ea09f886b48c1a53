#include "store/vault/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> wrong(std::string what, std::string hint) {
    return fail({.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)});
}

constexpr const char* form =
    "write glacier://REGION/VAULT, for example glacier://eu-central-1/photos; or glacier: alone "
    "for the region of the AWS settings and a vault named after the dataset";

Result<void> read_place(std::string_view rest, VaultOptions& options) {
    if (rest.empty()) return {};
    if (!rest.starts_with("//")) return wrong("invalid URL of a vault", form);
    rest.remove_prefix(2);
    const std::size_t slash = rest.find('/');
    options.region = rest.substr(0, slash);
    options.vault = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    while (options.vault.ends_with('/')) options.vault.pop_back();
    if (!options.region.empty() && !aws::is_region(options.region))
        return wrong(fmt::format("invalid region \"{}\"", options.region), form);
    if (!options.vault.empty()) ZG_CHECK(aws::check_vault_name(options.vault));
    return {};
}

}  // namespace

const std::vector<UrlOption>& vault_url_options() {
    static const std::vector<UrlOption> options{
        {.name = "account",
         .help = "Account id of the vault's owner, 12 digits; by default the account of the "
                 "credentials"},
        {.name = "endpoint", .help = "URL of a Glacier-compatible server"},
        {.name = "profile", .help = "Profile in ~/.aws/config"},
        {.name = "topic", .help = "ARN of an SNS topic that is notified when a retrieval is done"},
    };
    return options;
}

Result<VaultOptions> read_vault_options(const StoreUrl& url) {
    VaultOptions options;
    ZG_CHECK(read_place(url.rest, options));
    ZG_CHECK(check_options("glacier:" + url.rest, url.options, vault_url_options()));
    const auto value = [&](const char* name, std::string otherwise = {}) {
        const auto found = url.options.find(name);
        return found != url.options.end() ? found->second : otherwise;
    };
    options.account = value("account", options.account);
    options.endpoint = value("endpoint");
    options.profile = value("profile");
    options.topic = value("topic");
    const bool digits =
        options.account.size() == 12 &&
        std::ranges::all_of(options.account, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits && options.account != "-")
        return wrong(fmt::format("account={} is not an account id", options.account),
                     "an account id has 12 digits");
    if (!options.endpoint.empty() && !options.endpoint.starts_with("http://") &&
        !options.endpoint.starts_with("https://"))
        return wrong(fmt::format("endpoint={} is not a URL", options.endpoint),
                     "write endpoint=https://HOST:PORT");
    if (!options.topic.empty() && !options.topic.starts_with("arn:"))
        return wrong(fmt::format("topic={} is not an ARN", options.topic),
                     "`aws sns list-topics` lists the topics");
    return options;
}

std::string vault_for_dataset(std::string_view dataset) {
    std::string vault(dataset.substr(0, 255));
    const auto bad = [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_');
    };
    std::ranges::replace_if(vault, bad, '_');
    return vault;
}

Limits vault_limits() {
    using std::chrono::hours;
    return {.min_part_size = std::uint64_t{1} << 20U,
            .max_part_size = std::uint64_t{4} << 30U,
            .part_size_power_of_two = true,
            .max_parts = 10'000,
            .max_object_size = std::uint64_t{40'000} << 30U,
            .minimum_retention = std::chrono::days(90),
            .cold = true,
            .reading_costs = true,
            .thaw_tiers = {{"expedited", std::chrono::minutes(5)},
                           {"standard", hours(5)},
                           {"bulk", hours(12)}},
            .readable_for = hours(24)};
}

}  // namespace zg::store
