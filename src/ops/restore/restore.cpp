#include "ops/restore/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "archive/read/fetch.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/chain.hpp"
#include "catalog/manifest.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/context.hpp"
#include "ops/restore/receive.hpp"
#include "ops/restore/receive_point.hpp"
#include "stream/record.hpp"
#include "stream/resume_token.hpp"
#include "thaw/thaw.hpp"
#include "thaw/watch.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

// After a restore is killed, its zfs receive still writes the data that it has.
constexpr std::chrono::seconds pause_while_running{2};
constexpr unsigned most_tries_while_running = 60;

/// Drops the part that an earlier zfs receive has left in the target.
Result<void> drop_part(Context& context, const zfs::Zfs& zfs, const std::string& target,
                       const std::string& reason) {
    context.world.log.info(
        fmt::format("{}: dropping the part left by an earlier zfs receive: {}", target, reason));
    for (unsigned tries = 1;; ++tries) {
        auto dropped = zfs.abort_receive(target);
        if (dropped || dropped.error().kind != ErrorKind::locked ||
            tries == most_tries_while_running)
            return dropped;
        context.world.clock.sleep(pause_while_running);
    }
}

/// The target's current point; it may have advanced since the plan was made, if the receive was
/// still running then.
Result<ReceivePoint> current_point(const zfs::Zfs& zfs, const std::string& target,
                                   const catalog::Manifest& archive, const ReceivePoint& planned) {
    ZG_TRY(const auto text, zfs.receive_token(target));
    if (text && *text == planned.token) return planned;
    if (text) {
        const auto token = stream::parse_resume_token(*text);
        auto point =
            token && is_of(archive, *token) ? find_receive_point(archive, *text, *token) : fail({});
        // Segments before the plan's may be cold.
        if (point && point->fetch.segment >= planned.fetch.segment) return point;
    }
    return fail({.kind = ErrorKind::conflict,
                 .what = "the target's part of the archive has changed in the meantime",
                 .where = target,
                 .hint = "run the same command again"});
}

/// Receives the archives of the plan's chain that the target lacks.
class ChainRestore {
  public:
    ChainRestore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                 const RestoreOptions& options)
        : context_(context),
          zfs_(zfs),
          plan_(plan),
          options_(options),
          watch_(context, plan.thaw),
          chain_(plan.chain) {}

    /// Fills in `report` as far as it gets.
    Result<void> run(RestoreReport& report) {
        ZG_TRY(report.asked, watch_.ask());
        for (std::size_t i = plan_.present; i < chain_.size(); ++i) {
            ZG_TRY(const bool readable, make_readable(i));
            if (!readable) {
                report.waiting = true;
                report.retry_at = watch_.plan().ready(context_.world.clock.now());
                return {};
            }
            ZG_TRY(const stream::Begin begin, receive(i));
            ++report.received;
            note_received(i, begin);
        }
        return {};
    }

  private:
    /// Makes archive `i` readable; false if it is not and the user does not want to wait. No
    /// progress is shown while it waits.
    Result<bool> make_readable(std::size_t i) {
        const std::size_t index = i - plan_.present;
        ZG_TRY(const bool now, watch_.readable(index));
        if (now || !options_.wait) return now;
        context_.world.progress.end();
        ZG_CHECK(watch_.wait_for(index));
        context_.world.progress.begin(options_.target, plan_.stored_bytes_from(i));
        return true;
    }

    /// Receives archive `i`, from its start or from where the target's part of it ends.
    Result<stream::Begin> receive(std::size_t i) {
        const zfs::ReceiveSpec spec = spec_for(chain_[i]);
        const bool first = i == plan_.present;
        if (first && plan_.resume) return resume(chain_[i], spec);
        if (first && !plan_.drops.empty())
            ZG_CHECK(drop_part(context_, zfs_, options_.target, plan_.drops));
        return receive_archive(
            context_, zfs_,
            {.archive = chain_[i], .spec = spec, .watch = watch_, .index = i - plan_.present});
    }

    [[nodiscard]] zfs::ReceiveSpec spec_for(const catalog::Manifest& archive) const {
        return {.dataset = options_.target,
                .force = options_.force,
                .set = options_.set,
                .exclude = options_.exclude,
                .resumable = zfs_.capabilities().receive_resumable &&
                             forgotten_exclusion(options_).empty() && can_resume(archive)};
    }

    /// Resumes the archive of which the target has a part.
    Result<stream::Begin> resume(const catalog::Manifest& archive, const zfs::ReceiveSpec& spec) {
        for (unsigned tries = 1;; ++tries) {
            ZG_TRY(const ReceivePoint point,
                   current_point(zfs_, spec.dataset, archive, *plan_.resume));
            context_.world.log.info(fmt::format("{}: resuming archive {} in segment {} of {}",
                                                spec.dataset, archive.archive_id,
                                                point.fetch.segment + 1, archive.segments.size()));
            auto begin = receive_archive(
                context_, zfs_,
                {.archive = archive, .spec = spec, .watch = watch_, .point = &point});
            if (begin || begin.error().kind != ErrorKind::locked ||
                tries == most_tries_while_running)
                return begin;
            context_.world.log.info(fmt::format(
                "{}: an earlier zfs receive is still running; waiting for its end", spec.dataset));
            context_.world.clock.sleep(pause_while_running);
        }
    }

    void note_received(std::size_t i, const stream::Begin& begin) {
        catalog::Manifest& archive = chain_[i];
        if (!archive.proved())
            record_proof(context_, archive, i + 1 < chain_.size() ? &chain_[i + 1] : nullptr,
                         begin);
        context_.world.log.info(fmt::format("received {}@{} (archive {})", options_.target,
                                            archive.snapshot, archive.archive_id));
    }

    Context& context_;
    const zfs::Zfs& zfs_;
    const RestorePlan& plan_;
    const RestoreOptions& options_;
    thaw::ThawWatch watch_;
    std::vector<catalog::Manifest> chain_;  // updated with what is proved
};

}  // namespace

Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                              const RestoreOptions& options) {
    RestoreReport report;
    context.world.progress.begin(options.target, plan.stored_bytes());
    auto received = ChainRestore(context, zfs, plan, options).run(report);
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
