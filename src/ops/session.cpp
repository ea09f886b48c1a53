#include "ops/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "archive/store_record.hpp"
#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/state_dir.hpp"
#include "base/world.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "codec/hex.hpp"
#include "ops/context.hpp"
#include "store/open.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"
#include "store/url.hpp"
#include "store/wrap/stepped_store.hpp"

namespace zg::ops {

namespace {

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

/// systemd's machine id, which survives a change of the host name; the host name if there is none.
std::string machine_id(const std::string& host) {
    auto text = read_file("/etc/machine-id", 1024);
    if (!text || as_text(*text).find_first_not_of(" \n") == std::string_view::npos) return host;
    return std::string(as_text(*text).substr(0, as_text(*text).find('\n')));
}

Result<std::unique_ptr<catalog::Catalog>> open_catalog(World& world, const SessionOptions& options,
                                                       const std::string& store_id,
                                                       const Result<std::string>& state_dir) {
    Result<catalog::Catalog> opened = fail({});
    if (state_dir)
        opened = catalog::Catalog::open(*state_dir, store_id, world.steps);
    else
        opened = fail(state_dir.error());
    if (!opened && !options.needs_state) {
        world.log.warning(
            fmt::format("{}; continuing without a local catalog", opened.error().message()));
        opened = catalog::Catalog::in_memory(world.steps);
    }
    if (!opened) return fail(std::move(opened.error()));
    return std::make_unique<catalog::Catalog>(std::move(*opened));
}

store::OpenContext open_context(World& world, const StoreAccess& access,
                                const Result<std::string>& state_dir) {
    return {.environment = world.environment,
            .clock = world.clock,
            .random = world.random,
            .log = world.log,
            .steps = world.steps,
            .create = false,
            .overrides = access.options,
            .defaults = {},
            .limit_rate = access.limit_rate,
            .retry = {.budget = access.retry_time},
            .state_dir = state_dir.value_or(""),
            .aws = access.aws};
}

/// Warns if this run's options differ from the store's: sometimes intended, expensive if by
/// mistake.
void warn_of_differences(const World& world, const StoreAccess& access,
                         const catalog::StoreRecord& record) {
    auto now = store::kept_options(access.url, access.options);
    auto given = store::parse_url(access.url);
    if (!now || !given) return;
    for (const auto& [name, value] : *now) {
        const bool chosen = access.options.contains(name) || given->options.contains(name);
        const auto kept = record.options.find(name);
        const std::string before = kept != record.options.end() ? kept->second : "";
        if (chosen && value != before)
            world.log.warning(fmt::format("this run uses {}={}; the store was created with {}",
                                          name, value,
                                          before.empty() ? "none" : name + "=" + before));
    }
}

/// Requests the inventory if the store needs one and has none yet; cold until it is ready.
Result<void> ensure_inventory(store::Store& store) {
    const auto record = store.get(catalog::store_record_name);
    if (record || record.error().kind != ErrorKind::cold) return {};
    return store.refresh();
}

/// Opens the store, reads its record, and opens it again if the record has options that are not on
/// the command line.
Result<std::unique_ptr<store::Store>> open_recorded(World& world, const StoreAccess& access,
                                                    const Result<std::string>& state_dir,
                                                    catalog::StoreRecord& record) {
    store::OpenContext context = open_context(world, access, state_dir);
    auto opened = store::open_store(access.url, context);
    // A missing store is a wrong setting or a disk that is not mounted, not a missing archive.
    if (!opened && opened.error().kind == ErrorKind::not_found)
        opened.error().kind = ErrorKind::usage;
    if (!opened) return opened;
    ZG_CHECK(ensure_inventory(**opened));
    ZG_TRY(record, archive::read_store_record(**opened));
    if (record.options.empty()) return opened;
    warn_of_differences(world, access, record);
    context.defaults = record.options;
    return store::open_store(access.url, context);
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(World& world, const SessionOptions& options) {
    std::unique_ptr<Session> session(new Session);
    catalog::StoreRecord record;
    const auto state_dir = prepare_state_dir(world.environment, options.state_dir);
    ZG_TRY(session->inner_, open_recorded(world, options.store, state_dir, record));
    session->store_ = store::announce_steps(*session->inner_, world.steps);
    session->created_ = record.created;
    ZG_TRY(session->catalog_, open_catalog(world, options, record.id, state_dir));
    const std::string host = host_name();
    session->context_ = std::make_unique<Context>(Context{
        {.archives = {.store = *session->store_,
                      .store_id = record.id,
                      .store_options = record.options,
                      .catalog = *session->catalog_,
                      .recipients = record.recipients,
                      .needs_passphrase = record.passphrase,
                      .keys = options.keys},
         .effort = {.threads = true, .connections = options.store.connections},
         .world = world},
        {.host = host, .machine_id = machine_id(host), .state_dir = state_dir.value_or("")}});
    return session;
}

Result<MadeStore> make_store(World& world, const SessionOptions& options, bool dry_run) {
    const StoreAccess& access = options.store;
    ZG_CHECK(archive::read_encryption(options.encryption));
    ZG_TRY(const store::Options kept, store::kept_options(access.url, access.options));
    store::OpenContext context =
        open_context(world, access,
                     store::is_made_by_backup(access.url)
                         ? prepare_state_dir(world.environment, options.state_dir)
                         : std::string());
    context.create = !dry_run;
    auto store = store::open_store(access.url, context);
    if (!store && dry_run && store.error().kind == ErrorKind::not_found) return MadeStore{};
    if (!store) return fail(std::move(store.error()));
    ZG_CHECK(ensure_inventory(**store));
    if (auto there = (*store)->get(catalog::store_record_name);
        there || there.error().kind != ErrorKind::not_found) {
        ZG_TRY(const catalog::StoreRecord record, archive::read_store_record(**store));
        return MadeStore{record.id, false};
    }
    ZG_CHECK(archive::check_not_early(**store));
    ZG_TRY(const std::vector<std::string> warnings, (*store)->warnings());
    for (const std::string& warning : warnings) world.log.warning(warning);
    if (dry_run) return MadeStore{};
    std::array<std::byte, 16> id{};
    world.random.fill(id);
    ZG_TRY(const catalog::StoreRecord record,
           archive::init_store(**store, {.id = codec::hex(id),
                                         .created = world.clock.now(),
                                         .options = kept,
                                         .recipients = options.encryption.recipients,
                                         .passphrase = options.encryption.passphrase.has_value()}));
    return MadeStore{record.id, true};
}

}  // namespace zg::ops
