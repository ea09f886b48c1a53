#include "ops/backup/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "catalog/manifest.hpp"
#include "ops/backup/backup.hpp"
#include "ops/backup/journal.hpp"
#include "ops/backup/same_keys.hpp"
#include "ops/backup/send_plan.hpp"
#include "ops/backup/survey.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// An archive is resumed as it was begun, whatever this run's options say.
ArchivePlan plan_resume(const Survey& survey) {
    const UnfinishedArchive& archive = *survey.journal.resumed;
    ArchivePlan plan{.base = {},
                     .snapshot = *zfs::find_by_guid(survey.dataset.snapshots, archive.to_guid),
                     .unfinished = archive,
                     .spec = archive.flags,
                     .compression = archive.compression,
                     .segments = archive.plan,
                     .reason = {}};
    plan.spec.snapshot = fmt::format("{}@{}", survey.dataset.name, archive.snapshot);
    if (archive.from_guid != 0) {
        const auto base =
            std::ranges::find(survey.view.archives, archive.from_guid, &catalog::Manifest::to_guid);
        const zfs::Snapshot* snapshot =
            zfs::find_by_guid(survey.dataset.snapshots, archive.from_guid);
        const zfs::Snapshot* bookmark =
            zfs::find_by_guid(survey.dataset.bookmarks, archive.from_guid);
        plan.base = Base{*base, snapshot != nullptr ? "@" + snapshot->name : "#" + bookmark->name};
        plan.spec.from = survey.dataset.name + plan.base->from;
    }
    plan.reason = fmt::format("resuming archive {}, begun {}: {} in {} segments are stored",
                              archive.archive_id, rfc3339_utc(archive.started),
                              format_size(archive.stored_size()), archive.segments.size());
    return plan;
}

Result<std::optional<zfs::Snapshot>> find_snapshot(const Survey& survey,
                                                   const BackupOptions& options) {
    if (!options.snapshot) return std::optional<zfs::Snapshot>{};
    const auto found =
        std::ranges::find(survey.dataset.snapshots, *options.snapshot, &zfs::Snapshot::name);
    if (found != survey.dataset.snapshots.end()) return std::optional(*found);
    return fail(
        {.kind = ErrorKind::not_found,
         .what = "there is no such snapshot",
         .where = fmt::format("{}@{}", options.dataset, *options.snapshot),
         .hint = fmt::format("`zfs list -t snapshot {}` lists the snapshots", options.dataset)});
}

/// Why nothing needs to be stored; empty if something does, or if that cannot be known yet.
Result<std::string> why_unchanged(const Survey& survey, const zfs::Zfs& zfs,
                                  const BackupOptions& options, ArchivePlan& plan) {
    if (options.full) return std::string{};
    if (plan.snapshot) {
        const bool stored =
            std::ranges::find(survey.view.archives, plan.snapshot->guid,
                              &catalog::Manifest::to_guid) != survey.view.archives.end();
        return stored ? "the store already has this snapshot" : std::string{};
    }
    if (!plan.base) return std::string{};
    ZG_TRY(const auto written, zfs.written_since(options.dataset, plan.base->from));
    plan.may_be_unchanged = !written;
    return written == 0U ? unchanged_since(options.dataset, plan.base->from) : std::string{};
}

/// Drops -p if this ZFS cannot send properties from a bookmark.
Result<void> drop_properties(const zfs::Zfs& zfs, const BackupOptions& options, ArchivePlan& plan) {
    const bool from_bookmark = plan.base && plan.base->from.starts_with('#');
    if (!from_bookmark || !plan.spec.properties || options.send.properties != Choice::automatic)
        return {};
    ZG_TRY(plan.spec.properties, zfs.sends_properties_from(*plan.spec.from));
    return {};
}

}  // namespace

std::string unchanged_since(const std::string& dataset, const std::string& from) {
    return fmt::format("nothing was written since {}{}", dataset, from);
}

Result<BackupPlan> plan_backup(const Survey& survey, const zfs::Zfs& zfs,
                               const BackupOptions& options, Log& log) {
    if (survey.journal.resumed) return plan_resume(survey);
    ArchivePlan plan{.base = {},
                     .snapshot = {},
                     .unfinished = {},
                     .spec = {},
                     .compression = {},
                     .segments = {options.segment_size, options.part_size},
                     .reason = {}};
    ZG_TRY(plan.snapshot, find_snapshot(survey, options));
    ZG_TRY(const bool raw, decide_raw(zfs.capabilities(), survey.dataset, options.send.raw));
    BaseChoice choice = choose_base({.view = survey.view,
                                     .dataset = survey.dataset,
                                     .snapshot = plan.snapshot ? &*plan.snapshot : nullptr,
                                     .raw = raw,
                                     .large_blocks = options.send.large_blocks,
                                     .full = options.full});
    plan.base = std::move(choice.base);
    plan.reason = std::move(choice.reason);
    ZG_TRY(plan.spec,
           decide_flags(zfs.capabilities(), survey.dataset, options.send, plan.base, raw));
    plan.compression = decide_compression(options.compression, survey.dataset, plan.spec);
    ZG_TRY(const std::string unchanged, why_unchanged(survey, zfs, options, plan));
    if (!unchanged.empty()) return Unchanged{unchanged};
    ZG_CHECK(drop_properties(zfs, options, plan));
    ZG_CHECK(check_same_keys({.archives = survey.view.archives,
                              .dataset = survey.dataset,
                              .encryption = survey.encryption,
                              .has_base = plan.base.has_value()},
                             log));
    if (plan.snapshot)
        plan.spec.snapshot = fmt::format("{}@{}", options.dataset, plan.snapshot->name);
    return plan;
}

}  // namespace zg::ops
