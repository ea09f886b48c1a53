#include "ops/restore/restore.hpp"

#include <fmt/format.h>

#include "archive/encryption.hpp"
#include "archive/read/fetch.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/restore/receive.hpp"
#include "thaw/watch.hpp"

namespace zg::ops {

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
