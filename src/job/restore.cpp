#include "job/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog/archive_id.hpp"
#include "catalog/chain.hpp"
#include "job/adoption.hpp"
#include "job/fetch.hpp"
#include "job/receive.hpp"
#include "job/thaw_watch.hpp"

namespace zg::job {

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

Result<std::uint64_t> newest_guid(const zfs::Dataset& target) { return target.snapshots.back().guid; }

/// How many archives of the chain the target has already; conflict where the rest cannot be received onto it.
Result<std::size_t> count_there(const std::vector<catalog::Manifest>& chain, const zfs::Dataset& target, bool force) {
    std::set<std::uint64_t> guids;
    for (const zfs::Snapshot& snapshot : target.snapshots) guids.insert(snapshot.guid);
    std::size_t there = chain.size();
    while (there > 0 && !guids.contains(chain[there - 1].to_guid)) --there;
    if (there == chain.size() || force) return there;
    if (there == 0 && chain.front().from_guid != 0 && guids.contains(chain.front().from_guid)) return there;
    if (there == 0)
        return fail({.kind = ErrorKind::conflict,
                     .what = "the target exists and is not part of this chain",
                     .where = target.name,
                     .hint = "restore to a name that does not exist yet, or give --force (zfs receive -F) to overwrite it"});
    ZG_TRY(const std::uint64_t newest, newest_guid(target));
    if (newest == chain[there - 1].to_guid) return there;
    return fail({.kind = ErrorKind::conflict,
                 .what = fmt::format("the target has snapshots newer than {}, onto which the next archive would be received",
                                     chain[there - 1].snapshot),
                 .where = target.name,
                 .hint = "restore to another name, or give --force (zfs receive -F), which destroys the newer snapshots"});
}

}  // namespace

std::uint64_t RestorePlan::stored_bytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = already_there; i < chain.size(); ++i) sum += chain[i].stored_size;
    return sum;
}

std::uint64_t RestorePlan::stream_bytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = already_there; i < chain.size(); ++i) sum += chain[i].stream_size;
    return sum;
}

Result<std::size_t> find_archive(const ArchiveView& view, const RestoreSource& source) {
    const bool by_id = catalog::is_archive_id(source.text);
    const std::size_t at = source.text.find('@');
    const std::string dataset = source.text.substr(0, at);
    std::optional<std::size_t> found;
    std::set<std::string> hosts;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        const catalog::Manifest& archive = view.archives[i];
        if (by_id ? archive.archive_id != source.text : archive.dataset != dataset) continue;
        if (at != std::string::npos && archive.snapshot != source.text.substr(at + 1)) continue;
        if (!source.host.empty() && archive.host != source.host) continue;
        hosts.insert(archive.host);
        if (!found || older(view.archives[*found], archive)) found = i;
    }
    for (const UnreadableManifest& manifest : view.unreadable) {
        if (by_id && manifest.archive_id == source.text) return fail(manifest.error);
    }
    if (!found) return not_found(by_id ? "there is no such archive in the store" : "the store has no archive of it", source.text);
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

Result<std::vector<catalog::Manifest>> chain_to(const ArchiveView& view, std::size_t wanted) {
    ZG_TRY(const std::vector<std::size_t> way, catalog::Chains(view.archives).way_to(wanted));
    std::vector<catalog::Manifest> chain;
    for (const std::size_t index : way) chain.push_back(view.archives[index]);
    return chain;
}

Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs, const ArchiveView& view, const RestoreOptions& options) {
    ZG_CHECK(zfs::check_dataset_name(options.target));
    ZG_TRY(const std::size_t wanted, find_archive(view, options.source));
    ZG_TRY(const auto target, zfs.find(options.target, mark_property));
    RestorePlan plan;
    plan.target_exists = target.has_value();
    auto chain = chain_to(view, wanted);
    if (!chain) {
        // An incomplete chain will do where the target has the base already.
        const catalog::Manifest& last = view.archives[wanted];
        const bool has_base = target && std::ranges::find(target->snapshots, last.from_guid, &zfs::Snapshot::guid) != target->snapshots.end();
        if (!has_base) return fail(std::move(chain.error()));
        chain = std::vector<catalog::Manifest>{last};
    }
    plan.chain = std::move(*chain);
    if (target) {
        ZG_TRY(plan.already_there, count_there(plan.chain, *target, options.force));
    }
    ZG_TRY(plan.thaw, plan_thaw(context, std::span(plan.chain).subspan(plan.already_there), options.thaw));
    // Without a thaw it is met again, and told as damage, after what comes before it has been saved.
    if (const auto missing = plan.thaw.missing(); !missing.empty() && plan.thaw.asks())
        return fail({.kind = ErrorKind::damage,
                     .what = "the segment is missing, so that nothing was asked to be thawed",
                     .where = missing.front(),
                     .hint = fmt::format("bring it back from another copy of the store, or restore an earlier snapshot: `zglacier list {}` shows which there are",
                                         plan.chain.back().dataset)});
    return plan;
}

namespace {

/// What is left of the plan from archive `first` on, in bytes.
std::uint64_t bytes_from(const RestorePlan& plan, std::size_t first) {
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < plan.chain.size(); ++i) sum += plan.chain[i].stored_size;
    return sum;
}

/// Makes the archive readable; false where it is not and the user does not want to wait. The progress that is shown does not go on while it waits.
Result<bool> make_readable(Context& context, const RestorePlan& plan, const RestoreOptions& options, ThawWatch& watch, std::size_t archive) {
    const std::size_t index = archive - plan.already_there;
    ZG_TRY(const bool now, watch.readable(index));
    if (now || !options.wait) return now;
    context.progress.end();
    ZG_CHECK(watch.wait_for(index));
    context.progress.begin(options.target, bytes_from(plan, archive));
    return true;
}

Result<void> receive_all(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan, const RestoreOptions& options, RestoreReport& report) {
    ThawWatch watch(context, plan.thaw);
    ZG_TRY(report.asked, watch.ask());
    std::vector<catalog::Manifest> chain = plan.chain;
    for (std::size_t i = plan.already_there; i < chain.size(); ++i) {
        catalog::Manifest& archive = chain[i];
        ZG_TRY(const bool readable, make_readable(context, plan, options, watch, i));
        if (!readable) {
            report.waiting = true;
            report.come_back = watch.plan().ready(context.clock.now());
            return {};
        }
        ZG_TRY(const stream::Begin begin, receive_archive(context, zfs, archive, {options.target, options.force, options.set, options.exclude}, watch, i - plan.already_there));
        ++report.received;
        if (!archive.proved()) record_proof(context, archive, i + 1 < chain.size() ? &chain[i + 1] : nullptr, begin);
        context.log.info(fmt::format("received {}@{} (archive {})", options.target, archive.snapshot, archive.archive_id));
    }
    return {};
}

}  // namespace

Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan, const RestoreOptions& options) {
    RestoreReport report;
    context.progress.begin(options.target, plan.stored_bytes());
    auto received = receive_all(context, zfs, plan, options, report);
    context.progress.end();
    if (!received) return fail(std::move(received.error()));
    if (report.received > 0 && !report.waiting) {
        ZG_TRY(report.mountpoint, zfs.set_mountpoint(options.target));
    }
    return report;
}

Result<RestoreReport> restore_stream(Context& context, const catalog::Manifest& archive, const ThawPlan& plan, bool wait, Sink& out) {
    RestoreReport report;
    ThawWatch watch(context, plan);
    ZG_TRY(report.asked, watch.ask());
    ZG_TRY(const bool readable, watch.readable(0));
    report.waiting = !readable && !wait;
    report.come_back = watch.plan().ready(context.clock.now());
    if (report.waiting) return report;
    ZG_CHECK(watch.wait_for(0));
    KeepingSink sink(out, watch, 0);
    context.progress.begin(archive.archive_id, archive.stored_size);
    auto fetched = fetch_archive(context, archive, sink, [&](std::size_t segment) { return watch.await_segment(0, segment); });
    context.progress.end();
    if (!fetched) return fail(std::move(fetched.error()));
    return report;
}

}  // namespace zg::job
