#include "ops/restore/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "archive/encryption.hpp"
#include "archive/read/fetch.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/chain.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/restore/receive.hpp"
#include "thaw/watch.hpp"

namespace zg::ops {

namespace {

std::unexpected<Error> not_found(const std::string& what, const std::string& where) {
    return fail({.kind = ErrorKind::not_found,
                 .what = what,
                 .where = where,
                 .hint = "`zglacier list` shows the datasets and snapshots that the store holds"});
}

/// A newer archive of the same snapshot, or of a newer snapshot, comes behind.
bool older(const catalog::Manifest& a, const catalog::Manifest& b) {
    return std::pair(a.snapshot_time, a.archive_id) < std::pair(b.snapshot_time, b.archive_id);
}

Result<std::uint64_t> newest_guid(const zfs::Dataset& target) {
    return target.snapshots.back().guid;
}

/// How many archives of the chain the target has already; conflict where the rest cannot be
/// received onto it.
Result<std::size_t> count_there(const std::vector<catalog::Manifest>& chain,
                                const zfs::Dataset& target, bool force) {
    std::set<std::uint64_t> guids;
    for (const zfs::Snapshot& snapshot : target.snapshots) guids.insert(snapshot.guid);
    std::size_t there = chain.size();
    while (there > 0 && !guids.contains(chain[there - 1].to_guid)) --there;
    if (there == chain.size() || force) return there;
    if (there == 0 && chain.front().from_guid != 0 && guids.contains(chain.front().from_guid))
        return there;
    if (there == 0)
        return fail({.kind = ErrorKind::conflict,
                     .what = "the target exists already and was not restored from this backup",
                     .where = target.name,
                     .hint = "restore to a name that does not exist yet, or give --force (zfs "
                             "receive -F) to overwrite it"});
    ZG_TRY(const std::uint64_t newest, newest_guid(target));
    if (newest == chain[there - 1].to_guid) return there;
    return fail({.kind = ErrorKind::conflict,
                 .what = fmt::format("the target has snapshots newer than {}, onto which the next "
                                     "archive would be received",
                                     chain[there - 1].snapshot),
                 .where = target.name,
                 .hint = "restore to another name, or give --force (zfs receive -F), which "
                         "destroys the newer snapshots"});
}

}  // namespace

std::uint64_t RestorePlan::stored_bytes_from(std::size_t first) const {
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < chain.size(); ++i) sum += chain[i].stored_size;
    const std::size_t left_out = first == present ? segments_there() : 0;
    for (std::size_t i = 0; i < left_out; ++i) sum -= chain[first].segments[i].stored_size;
    return sum;
}

std::uint64_t RestorePlan::stream_bytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = present; i < chain.size(); ++i) sum += chain[i].stream_size;
    return sum - (resume ? resume->position() : 0);
}

Result<std::size_t> find_archive(const archive::ArchiveView& view, const RestoreSource& source) {
    const bool by_id = catalog::is_archive_id(source.text);
    const std::size_t at = source.text.find('@');
    const std::string dataset = source.text.substr(0, at);
    std::optional<std::size_t> found;
    std::set<std::string> hosts;
    std::size_t closed = 0;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        const catalog::Manifest& archive = view.archives[i];
        if (!archive.opened) ++closed;
        if (by_id ? archive.archive_id != source.text : archive.dataset != dataset) continue;
        if (at != std::string::npos && archive.snapshot != source.text.substr(at + 1)) continue;
        if (!source.host.empty() && archive.host != source.host) continue;
        hosts.insert(archive.host);
        if (!found || older(view.archives[*found], archive)) found = i;
    }
    for (const archive::UnreadableManifest& manifest : view.unreadable) {
        if (by_id && manifest.archive_id == source.text) return fail(manifest.error);
    }
    if (!found) {
        auto none = not_found(
            by_id ? "there is no such archive in the store" : "the store has no archive of it",
            source.text);
        if (!by_id && closed > 0)
            none.error().hint = fmt::format(
                "{} encrypted archive{} not known by name here: give the key with --identity FILE",
                closed, closed == 1 ? " is" : "s are");
        return none;
    }
    if (hosts.size() > 1) {
        std::string names;
        for (const std::string& host : hosts) names += (names.empty() ? "" : ", ") + host;
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("several hosts have such a dataset: {}", names),
                     .where = source.text,
                     .hint = "say which with --host NAME"});
    }
    return *found;
}

Result<std::vector<catalog::Manifest>> chain_to(const archive::ArchiveView& view,
                                                std::size_t wanted) {
    ZG_TRY(const std::vector<std::size_t> way, catalog::Chains(view.archives).way_to(wanted));
    std::vector<catalog::Manifest> chain;
    for (const std::size_t index : way) chain.push_back(view.archives[index]);
    return chain;
}

namespace {

std::unexpected<Error> foreign_part(const std::string& target) {
    return fail(
        {.kind = ErrorKind::conflict,
         .what = "the target has a part of something else, which an earlier zfs receive has left",
         .where = target,
         .hint = fmt::format("`zfs receive -A {}` drops it, and so does --force", target)});
}

/// What `-x` names that zfs receive would bring back when it goes on; empty where nothing is.
std::string forgotten_exclusion(const RestoreOptions& options) {
    const auto found = std::ranges::find_if(options.exclude, zfs::exclusion_is_forgotten);
    return found != options.exclude.end() ? *found : std::string{};
}

/// Where archive `next` of the plan, of which the target has a part, goes on, or why that part is
/// dropped.
void plan_part(const RestoreOptions& options, const std::string& text,
               const stream::ResumeToken& token, RestorePlan& plan) {
    auto point = find_receive_point(plan.chain[plan.present], text, token);
    const std::string forgotten = forgotten_exclusion(options);
    if (!point)
        plan.drops = point.error().what;
    else if (!forgotten.empty())
        plan.drops = fmt::format("zfs receive would not keep to -x {}", forgotten);
    else
        plan.resume = std::move(*point);
}

/// What the target has of the chain: whole archives, and a part of the next.
Result<void> plan_target(const zfs::Zfs& zfs, const zfs::Dataset& target,
                         const RestoreOptions& options, RestorePlan& plan) {
    ZG_TRY(const std::optional<std::string> text, zfs.receive_token(target.name));
    const auto token = text ? stream::parse_resume_token(*text) : fail({});
    // A full archive is received into the dataset itself, which has nothing else then.
    const bool is_part = token && token->from_guid == 0 && target.snapshots.empty();
    if (!is_part) {
        ZG_TRY(plan.present, count_there(plan.chain, target, options.force));
    }
    if (!text || plan.present == plan.chain.size()) return {};
    if (token && is_of(plan.chain[plan.present], *token)) {
        plan_part(options, *text, *token, plan);
    } else {
        if (!options.force) return foreign_part(target.name);
        plan.drops = "it is of another archive";
    }
    return {};
}

}  // namespace

Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const archive::ArchiveView& view, const RestoreOptions& options) {
    ZG_CHECK(zfs::check_dataset_name(options.target));
    ZG_TRY(const std::size_t wanted, find_archive(view, options.source));
    ZG_TRY(const auto target, zfs.find(options.target, mark_property));
    RestorePlan plan;
    plan.target_exists = target.has_value();
    auto chain = chain_to(view, wanted);
    if (!chain) {
        // An incomplete chain will do where the target has the base already.
        const catalog::Manifest& last = view.archives[wanted];
        const bool has_base =
            target && std::ranges::find(target->snapshots, last.from_guid, &zfs::Snapshot::guid) !=
                          target->snapshots.end();
        if (!has_base) return fail(archive::explain_missing_base(view, std::move(chain.error())));
        chain = std::vector<catalog::Manifest>{last};
    }
    plan.chain = std::move(*chain);
    if (target) ZG_CHECK(plan_target(zfs, *target, options, plan));
    // Before anything is thawed and paid for.
    for (std::size_t i = plan.present; i < plan.chain.size(); ++i)
        ZG_CHECK(archive::check_key(context.archives, plan.chain[i]));
    ZG_TRY(plan.thaw, thaw::plan_thaw(context, std::span(plan.chain).subspan(plan.present),
                                      options.thaw, plan.segments_there()));
    // Without a thaw it is met again, and told as damage, after what comes before it has been
    // saved.
    if (const auto missing = plan.thaw.missing(); !missing.empty() && plan.thaw.asks())
        return fail(
            {.kind = ErrorKind::damage,
             .what = "the segment is missing, so that nothing was asked to be thawed",
             .where = missing.front(),
             .hint = fmt::format("bring it back from another copy of the store, or restore an "
                                 "earlier snapshot: `zglacier list {}` shows which there are",
                                 plan.chain.back().dataset)});
    return plan;
}

Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const RestoreOptions& options) {
    ZG_TRY(const archive::ArchiveView view, archive::load_archives(context));
    return plan_restore(context, zfs, view, options);
}

Result<StreamPlan> plan_stream(Context& context, const RestoreOptions& options) {
    ZG_TRY(const archive::ArchiveView view, archive::load_archives(context));
    ZG_TRY(const std::size_t index, find_archive(view, options.source));
    StreamPlan plan{.archive = view.archives[index], .thaw = {}};
    ZG_TRY(plan.thaw, thaw::plan_thaw(context, std::span(&plan.archive, 1), options.thaw));
    return plan;
}

namespace {

/// Makes the archive readable; false where it is not and the user does not want to wait. The
/// progress that is shown does not go on while it waits.
Result<bool> make_readable(Context& context, const RestorePlan& plan, const RestoreOptions& options,
                           thaw::ThawWatch& watch, std::size_t archive) {
    const std::size_t index = archive - plan.present;
    ZG_TRY(const bool now, watch.readable(index));
    if (now || !options.wait) return now;
    context.world.progress.end();
    ZG_CHECK(watch.wait_for(index));
    context.world.progress.begin(options.target, plan.stored_bytes_from(archive));
    return true;
}

// A zfs receive that lost its sender, as it does when a restore is killed, still writes out what it
// has.
constexpr std::chrono::seconds pause_while_running{2};
constexpr unsigned most_tries_while_running = 60;

/// Drops what an earlier zfs receive has left in the target.
Result<void> drop_part(Context& context, const zfs::Zfs& zfs, const std::string& target,
                       const std::string& reason) {
    context.world.log.info(
        fmt::format("{}: dropping what an earlier zfs receive has left: {}", target, reason));
    for (unsigned tries = 1;; ++tries) {
        auto dropped = zfs.abort_receive(target);
        if (dropped || dropped.error().kind != ErrorKind::locked ||
            tries == most_tries_while_running)
            return dropped;
        context.world.clock.sleep(pause_while_running);
    }
}

/// The target's point as it is now; it may have moved on since the plan was made, if the receive
/// was still running then.
Result<ReceivePoint> current_point(const zfs::Zfs& zfs, const std::string& target,
                                   const catalog::Manifest& archive, const ReceivePoint& planned) {
    ZG_TRY(const auto text, zfs.receive_token(target));
    if (text && *text == planned.token) return planned;
    if (text) {
        const auto token = stream::parse_resume_token(*text);
        auto point =
            token && is_of(archive, *token) ? find_receive_point(archive, *text, *token) : fail({});
        // What comes before the plan's segment may be cold.
        if (point && point->fetch.segment >= planned.fetch.segment) return point;
    }
    return fail({.kind = ErrorKind::conflict,
                 .what = "what the target has of the archive has changed in the meantime",
                 .where = target,
                 .hint = "run the same command again"});
}

/// Goes on with the archive of which the target has a part.
Result<stream::Begin> go_on(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                            const catalog::Manifest& archive, const zfs::ReceiveSpec& spec,
                            thaw::ThawWatch& watch) {
    for (unsigned tries = 1;; ++tries) {
        ZG_TRY(const ReceivePoint point, current_point(zfs, spec.dataset, archive, *plan.resume));
        context.world.log.info(fmt::format("{}: resuming archive {} in segment {} of {}",
                                           spec.dataset, archive.archive_id,
                                           point.fetch.segment + 1, archive.segments.size()));
        auto begin = receive_archive(context, zfs, archive, spec, watch, 0, &point);
        if (begin || begin.error().kind != ErrorKind::locked || tries == most_tries_while_running)
            return begin;
        context.world.log.info(fmt::format(
            "{}: an earlier zfs receive is still running; waiting for its end", spec.dataset));
        context.world.clock.sleep(pause_while_running);
    }
}

/// Receives the plan's archive `i`, from its start or from where the target's part of it ends.
Result<stream::Begin> receive_one(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                                  const RestoreOptions& options, const catalog::Manifest& archive,
                                  std::size_t i, thaw::ThawWatch& watch) {
    const bool resumable = zfs.capabilities().receive_resumable &&
                           forgotten_exclusion(options).empty() && can_go_on(archive);
    const zfs::ReceiveSpec spec{.dataset = options.target,
                                .force = options.force,
                                .set = options.set,
                                .exclude = options.exclude,
                                .resumable = resumable};
    const bool first = i == plan.present;
    if (first && plan.resume) return go_on(context, zfs, plan, archive, spec, watch);
    if (first && !plan.drops.empty()) ZG_CHECK(drop_part(context, zfs, options.target, plan.drops));
    return receive_archive(context, zfs, archive, spec, watch, i - plan.present);
}

Result<void> receive_all(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                         const RestoreOptions& options, RestoreReport& report) {
    thaw::ThawWatch watch(context, plan.thaw);
    ZG_TRY(report.asked, watch.ask());
    std::vector<catalog::Manifest> chain = plan.chain;
    for (std::size_t i = plan.present; i < chain.size(); ++i) {
        catalog::Manifest& archive = chain[i];
        ZG_TRY(const bool readable, make_readable(context, plan, options, watch, i));
        if (!readable) {
            report.waiting = true;
            report.retry_at = watch.plan().ready(context.world.clock.now());
            return {};
        }
        ZG_TRY(const stream::Begin begin,
               receive_one(context, zfs, plan, options, archive, i, watch));
        ++report.received;
        if (!archive.proved())
            record_proof(context, archive, i + 1 < chain.size() ? &chain[i + 1] : nullptr, begin);
        context.world.log.info(fmt::format("received {}@{} (archive {})", options.target,
                                           archive.snapshot, archive.archive_id));
    }
    return {};
}

}  // namespace

Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                              const RestoreOptions& options) {
    RestoreReport report;
    context.world.progress.begin(options.target, plan.stored_bytes());
    auto received = receive_all(context, zfs, plan, options, report);
    context.world.progress.end();
    if (!received) return fail(std::move(received.error()));
    if (report.received > 0 && !report.waiting) {
        ZG_TRY(report.mountpoint, zfs.set_mountpoint(options.target));
    }
    return report;
}

Result<RestoreReport> restore_stream(Context& context, const catalog::Manifest& archive,
                                     const thaw::ThawPlan& plan, bool wait, Sink& out) {
    ZG_CHECK(archive::check_key(context.archives, archive));
    RestoreReport report;
    thaw::ThawWatch watch(context, plan);
    ZG_TRY(report.asked, watch.ask());
    ZG_TRY(const bool readable, watch.readable(0));
    report.waiting = !readable && !wait;
    report.retry_at = watch.plan().ready(context.world.clock.now());
    if (report.waiting) return report;
    ZG_CHECK(watch.wait_for(0));
    thaw::KeepingSink sink(out, watch, 0);
    context.world.progress.begin(archive.archive_id, archive.stored_size);
    auto fetched = archive::fetch_archive(context, archive, sink, [&](std::size_t segment) {
        return watch.await_segment(0, segment);
    });
    context.world.progress.end();
    if (!fetched) return fail(std::move(fetched.error()));
    return report;
}

}  // namespace zg::ops
