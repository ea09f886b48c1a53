#include "ops/backup/backup.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "archive/write/put_stream.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/result.hpp"
#include "catalog/journal.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "ops/backup/archiving.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/backup/lock.hpp"
#include "ops/backup/plan.hpp"
#include "ops/backup/resume.hpp"
#include "ops/backup/survey.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

// Measured: the program, its libraries, SQLite and the buffers of four connections.
constexpr std::uint64_t program_memory = std::uint64_t{30} << 20U;

BackupReport report_of(const BackupOptions& options, const Survey& survey,
                       const ArchivePlan& plan) {
    return {.outcome = BackupReport::Outcome::stored,
            .dataset = options.dataset,
            .snapshot = plan.spec.snapshot,
            .reason = plan.reason,
            .base = plan.base ? std::optional(plan.base->archive.archive_id) : std::nullopt,
            .send_flags = plan.spec.flags(),
            .compression = plan.compression,
            .encrypted = survey.encryption.on(),
            .resumed = plan.unfinished.has_value(),
            .estimate = {},
            .removals = {},
            .archive = {}};
}

/// The report of a dry run. Without a snapshot zfs cannot estimate the size.
Result<BackupReport> preview(const Context& context, const zfs::Zfs& zfs, const Survey& survey,
                             const ArchivePlan& plan, BackupReport report) {
    report.outcome = BackupReport::Outcome::dry_run;
    if (plan.snapshot) {
        ZG_TRY(report.estimate, zfs.estimate(plan.spec));
    }
    report.memory = program_memory + archive::put_memory(plan.put_options(survey.encryption),
                                                         context.effort.connections,
                                                         plan.spec.raw || plan.spec.large_blocks);
    return report;
}

/// Removes what earlier runs have left. The only phase that destroys anything.
Result<void> clean_up_before(Context& context, const zfs::Zfs& zfs, Survey& survey,
                             const BackupPlan& plan) {
    ZG_CHECK(archive::put_back_manifests(context, survey.view));
    ZG_CHECK(settle_journal(context, survey.view, survey.journal));
    KeptByCleanUp keep;
    if (survey.journal.resumed) keep.archive_id = survey.journal.resumed->archive_id;
    if (const auto* archive = std::get_if<ArchivePlan>(&plan); archive && archive->snapshot)
        keep.snapshot_guid = archive->snapshot->guid;
    return clean_up(context, zfs, survey.view, survey.dataset, keep);
}

/// Prunes, too: the previous run may have died between its commit and its pruning.
Result<BackupReport> report_unchanged(Context& context, const zfs::Zfs& zfs,
                                      const BackupOptions& options, BackupReport report,
                                      const std::string& reason) {
    if (!options.dry_run)
        ZG_CHECK(prune_snapshots(context, zfs, options.dataset, options.keep_snapshots));
    report.outcome = BackupReport::Outcome::unchanged;
    report.reason = reason;
    return report;
}

/// After the commit. An error here loses no data: the next run does the rest.
Result<void> tidy_up(Context& context, const zfs::Zfs& zfs, const BackupOptions& options,
                     const Survey& survey, Archiving& archiving, const catalog::Manifest& archive) {
    auto noted = context.archives.catalog.put(archive);
    if (noted) noted = catalog::Journal(context.archives.catalog).forget(archive.archive_id);
    if (survey.dataset.has_bookmarks_feature)
        ZG_CHECK(
            zfs.bookmark(archiving.snapshot_name(),
                         fmt::format("{}#{}", options.dataset, bookmark_name(archive.to_guid))));
    ZG_CHECK(archiving.release());
    ZG_CHECK(prune_snapshots(context, zfs, options.dataset, options.keep_snapshots));
    return noted;
}

Result<BackupReport> store(Context& context, const zfs::Zfs& zfs, const BackupOptions& options,
                           const Survey& survey, const ArchivePlan& plan, BackupReport report) {
    context.world.log.info(plan.unfinished
                               ? fmt::format("{}: {}", options.dataset, plan.reason)
                               : fmt::format("{}: {}: {}", options.dataset,
                                             plan.base ? "incremental" : "full", plan.reason));
    Archiving archiving(context, zfs, survey, plan);
    ZG_TRY(report.archive, archiving.run());
    report.snapshot = archiving.snapshot_name();
    if (!report.archive)
        return report_unchanged(context, zfs, options, std::move(report),
                                unchanged_since(options.dataset, plan.base->from));
    if (auto tidied = tidy_up(context, zfs, options, survey, archiving, *report.archive); !tidied) {
        tidied.error().what = fmt::format("archive {} is stored, but {}",
                                          report.archive->archive_id, tidied.error().what);
        return fail(std::move(tidied.error()));
    }
    return report;
}

/// Survey, plan, clean up, store.
Result<BackupReport> back_up_once(Context& context, const zfs::Zfs& zfs,
                                  const BackupOptions& options) {
    const std::string lock_name = fmt::format("{}-{}.lock", context.archives.store_id.substr(0, 12),
                                              tag_for(context, options.dataset));
    ZG_TRY(const Lock lock,
           Lock::take(context.machine.state_dir + "/locks", lock_name, options.dataset));
    ZG_TRY(Survey survey, survey_backup(context, zfs, options));
    ZG_TRY(const BackupPlan plan, plan_backup(survey, zfs, options, context.world.log));
    const auto* archive = std::get_if<ArchivePlan>(&plan);
    BackupReport report = report_of(options, survey, archive ? *archive : ArchivePlan{});
    if (options.dry_run)
        for (const archive::Removal& removal :
             removals_of(survey.view, tag_for(context, options.dataset)))
            report.removals.push_back(fmt::format("{}: {} object{}", removal.title(),
                                                  removal.leftovers.size(),
                                                  removal.leftovers.size() == 1 ? "" : "s"));
    if (archive && options.dry_run)
        return preview(context, zfs, survey, *archive, std::move(report));
    if (!options.dry_run) ZG_CHECK(clean_up_before(context, zfs, survey, plan));
    if (!archive)
        return report_unchanged(context, zfs, options, std::move(report),
                                std::get<Unchanged>(plan).reason);
    return store(context, zfs, options, survey, *archive, std::move(report));
}

}  // namespace

std::string BackupReport::compression_text() const {
    return compression ? compression->text() : std::string(codec::no_encoding);
}

std::string BackupReport::encryption_text() const {
    return std::string(encrypted ? archive::Encryption::encoding().name : codec::no_encoding);
}

Result<BackupReport> backup(Context& context, const zfs::Zfs& zfs, const BackupOptions& options) {
    ZG_CHECK(zfs::check_dataset_name(options.dataset));
    if (options.snapshot) ZG_CHECK(zfs::check_snapshot_name(*options.snapshot));
    ZG_CHECK(
        archive::check_plan({options.segment_size, options.part_size}, context.archives.store));
    auto report = back_up_once(context, zfs, options);
    const bool wanted =
        report && options.snapshot &&
        report->snapshot == fmt::format("{}@{}", options.dataset, *options.snapshot);
    if (!report || !report->resumed || !report->archive || wanted) return report;
    context.world.log.info(
        fmt::format("{}: finished archive {} of {}; checking for changes since then",
                    options.dataset, report->archive->archive_id, report->snapshot));
    auto newer = back_up_once(context, zfs, options);
    if (newer && newer->outcome == BackupReport::Outcome::unchanged) return report;
    return newer;
}

}  // namespace zg::ops
