#include "ops/adopt/adopt.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "ops/adopt/adopting.hpp"
#include "ops/backup/lock.hpp"
#include "ops/context.hpp"
#include "ops/session.hpp"
#include "policy/prices.hpp"
#include "vault_tools/foreign.hpp"
#include "vault_tools/notifications.hpp"
#include "vault_tools/service.hpp"
#include "zfs/command.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

SessionOptions session_options(const vault_tools::VaultAccess& access, const AdoptingVault& vault) {
    SessionOptions options{.store = {}, .state_dir = vault.state_dir, .needs_state = true};
    options.store.url = fmt::format("glacier://{}/{}", access.region, vault.name);
    for (const auto& [name, value] :
         {std::pair("account", access.account), std::pair("endpoint", access.endpoint),
          std::pair("profile", access.profile)})
        if (!value.empty()) options.store.options[name] = value;
    options.store.connections = access.connections;
    options.store.limit_rate = access.limit_rate;
    options.store.retry_time = access.retry_time;
    options.store.aws = {.region = access.default_region,
                         .keys = {.access_key_id = access.keys.access_key_id,
                                  .secret_access_key = access.keys.secret_access_key,
                                  .where = access.keys.where,
                                  .first = access.keys.first}};
    return options;
}

/// The vault's store, and the archives of other programs in it. The order of members matters: each
/// uses those before it.
struct OpenVault {
    std::unique_ptr<Session> session;
    std::unique_ptr<vault_tools::ForeignArchives> foreign;
    Lock lock;
};

Result<OpenVault> open_vault(const vault_tools::VaultService& service, const AdoptingVault& vault) {
    const SessionOptions options = session_options(service.access, vault);
    ZG_TRY(const MadeStore made, make_store(service.world, options, false));
    if (made.made)
        service.world.log.info(fmt::format("created store {} in vault {}", made.id, vault.name));
    ZG_TRY(auto session, Session::open(service.world, options));
    const Context& context = session->context();
    ZG_TRY(auto foreign,
           vault_tools::open_foreign_archives(service, vault.name, context.machine.state_dir));
    ZG_TRY(Lock lock, Lock::take(context.machine.state_dir + "/locks",
                                 context.archives.store_id + "-adopt", "vault " + vault.name));
    return OpenVault{
        .session = std::move(session), .foreign = std::move(foreign), .lock = std::move(lock)};
}

Result<void> check(const AdoptRequest& request) {
    if (!request.dataset.empty()) ZG_CHECK(zfs::check_dataset_name(request.dataset));
    if (request.full && request.archives.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "--full needs the id of the archive that is a full stream",
                     .hint = "zglacier vault adopt --full --dataset DATASET VAULT ARCHIVE…"});
    return {};
}

}  // namespace

policy::Charges charges_to_prove(std::size_t count, const std::string& tier) {
    return {.retrieval = {{.storage_class = "GLACIER",
                           .tier = tier,
                           .requests = count,
                           .retrieved = count * vault_tools::beginning_size}},
            .get_requests = 0,
            .egress = count * vault_tools::beginning_size};
}

Result<AdoptReport> adopt(const vault_tools::VaultService& service, const AdoptingVault& vault,
                          const AdoptRequest& request) {
    ZG_CHECK(check(request));
    ZG_TRY(const OpenVault open, open_vault(service, vault));
    Context& context = open.session->context();
    AdoptRequest complete = request;
    if (complete.host.empty()) complete.host = context.machine.host;
    if (!complete.topic.empty()) {
        ZG_TRY(complete.topic, vault_tools::find_topic(service, request.topic));
    }
    // Without zfs on this machine there are no snapshots to look for.
    const World& world = service.world;
    const auto zfs = zfs::open_zfs(request.zfs, world.environment, world.clock, world.steps);
    return adopt_into(context, *open.foreign, zfs ? zfs->get() : nullptr, complete);
}

Result<void> release_adopted(const vault_tools::VaultService& service, const AdoptingVault& vault,
                             const std::vector<std::string>& archives) {
    if (archives.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "--release needs the ids of the archives",
                     .hint = "zglacier vault adopt --release VAULT ARCHIVE…"});
    ZG_TRY(const OpenVault open, open_vault(service, vault));
    return release_from(open.session->context(), *open.foreign, archives);
}

}  // namespace zg::ops
