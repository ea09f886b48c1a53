#include "store/open.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/aws_connection.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "store/vault/options.hpp"
#include "store/vault/vault_store.hpp"

namespace zg::store {

namespace {

/// Creates the vault if it is missing: then its content is known, since it is empty.
Result<void> make_vault(aws::Glacier& glacier, VaultIndex& index, const std::string& vault,
                        Clock& clock) {
    const auto there = glacier.describe_vault(vault);
    if (there) return {};
    if (there.error().kind != ErrorKind::not_found) return fail(there.error());
    ZG_CHECK(glacier.create_vault(vault));
    return index.set_known({.inventory = clock.now(), .taken = clock.now()});
}

}  // namespace

std::string vault_index_file(const std::string& state_dir, const VaultOptions& options,
                             const std::string& region) {
    std::string account = options.account == "-" ? "own" : options.account;
    if (!options.profile.empty()) account += "-" + vault_for_dataset(options.profile);
    return fmt::format("{}/vaults/{}-{}-{}.sqlite", state_dir, region, account, options.vault);
}

Result<std::unique_ptr<Store>> open_vault_store(VaultOptions options, const OpenContext& context) {
    AwsPlace place{.service = "glacier",
                   .profile = options.profile,
                   .region = options.region,
                   .endpoint = options.endpoint};
    ZG_TRY(auto connection, connect_aws(place, context));
    auto glacier = aws::open_glacier(
        {.region = place.region, .account = options.account, .endpoint = place.endpoint},
        connection->client(context));
    if (context.state_dir.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "a store in a vault needs a state folder, because the content of a "
                             "vault is known only from its inventory",
                     .hint = "name one with --state-dir or ZGLACIER_STATE_DIR"});
    ZG_TRY(auto index,
           VaultIndex::open(vault_index_file(context.state_dir, options, place.region)));
    if (context.create) ZG_CHECK(make_vault(*glacier, *index, options.vault, context.clock));
    ZG_TRY(const auto known, index->known());
    if (!known) {
        auto there = glacier->describe_vault(options.vault);
        if (!there && there.error().kind == ErrorKind::not_found)
            return fail({.kind = ErrorKind::not_found,
                         .what = "there is no such vault",
                         .where = fmt::format("glacier://{}/{}", place.region, options.vault),
                         .cause = there.error().cause,
                         .hint = "check region and name: `zglacier vault list` lists the vaults; "
                                 "`zglacier backup` and `zglacier init` create one"});
        if (!there) return fail(std::move(there.error()));
    }
    auto store = make_vault_store(std::move(options), std::move(glacier), std::move(index),
                                  context.clock, context.log);
    return std::make_unique<ConnectedStore>(std::move(connection), std::move(store));
}

}  // namespace zg::store
