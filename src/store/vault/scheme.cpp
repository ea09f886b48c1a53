#include "store/vault/scheme.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "store/open.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"
#include "store/url.hpp"
#include "store/vault/options.hpp"
#include "store/vault/vault_store.hpp"

namespace zg::store {

namespace {

Result<void> check(const StoreUrl& url) {
    ZG_CHECK(read_vault_options(url));
    return {};
}

Result<std::unique_ptr<Store>> open(const StoreUrl& url, const OpenContext& context) {
    ZG_TRY(VaultOptions options, read_vault_options(url));
    if (options.vault.empty())
        return fail(
            {.kind = ErrorKind::usage,
             .what = "the URL has no vault",
             .hint = "write glacier://REGION/VAULT; `zglacier vault list` lists the vaults"});
    return open_vault_store(std::move(options), context);
}

std::optional<std::string> rest_for_dataset(const StoreUrl& url, std::string_view dataset) {
    const auto options = read_vault_options(url);
    if (!options || !options->vault.empty()) return std::nullopt;
    return fmt::format("//{}/{}", options->region, vault_for_dataset(dataset));
}

}  // namespace

Scheme vault_scheme() {
    return {.name = "glacier",
            .form = "glacier://region/vault",
            .options = vault_url_options(),
            .option_group = "Glacier vaults (also in the URL: ?account=123456789012)",
            .made_by_backup = true,
            .check = check,
            .open = open,
            .rest_for_dataset = rest_for_dataset};
}

}  // namespace zg::store
