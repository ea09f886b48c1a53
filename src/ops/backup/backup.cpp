#include "ops/backup/backup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "archive/archive_view.hpp"
#include "archive/write/put_stream.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/journal.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/backup/lock.hpp"
#include "ops/backup/resume.hpp"
#include "ops/backup/same_keys.hpp"
#include "ops/backup/send_stream.hpp"

namespace zg::ops {

namespace {

// The program itself, its libraries, SQLite and the buffers of four connections, measured.
constexpr std::uint64_t program_memory = std::uint64_t{30} << 20U;

/// One run of backup(); its members are filled from top to bottom.
class Run {
  public:
    Run(archive::Context& context, const zfs::Zfs& zfs, const BackupOptions& options)
        : context_(context),
          zfs_(zfs),
          options_(options),
          plan_{options.segment_size, options.part_size},
          tag_(catalog::owner_tag(context.store_id, context.machine_id, options.dataset)) {}

    Result<BackupReport> run();

  private:
    Result<void> look();
    Result<void> plan();
    void plan_to_go_on();
    Result<std::unique_ptr<SendStream>> open_stream();
    Result<void> begin_archive();
    Result<bool> nothing_changed();
    Result<void> take_snapshot();
    Result<std::optional<std::uint64_t>> estimate();
    Result<bool> store_stream();
    Result<void> check_end(const stream::Checker& checker, Process& process);
    Error stream_error(Error error, Process& process);
    [[nodiscard]] archive::PutOptions put_options() const {
        return {.plan = plan_,
                .coding = {.zstd_level = report_.zstd_level, .encryption = encryption_}};
    }
    Result<void> check_identity(const stream::Checker& checker) const;
    Result<catalog::Manifest> make_manifest(const archive::CheckedInput& input,
                                            std::vector<catalog::Segment> segments) const;
    Result<void> tidy_up();
    void give_up();
    Result<BackupReport> foresee(bool snapshot_is_there);
    Result<BackupReport> finish_archive();
    Result<BackupReport> store_archive(Result<void> ready);
    Result<BackupReport> unchanged(std::string why);
    [[nodiscard]] std::string full_name() const {
        return fmt::format("{}@{}", options_.dataset, snapshot_.name);
    }

    archive::Context& context_;
    const zfs::Zfs& zfs_;
    const BackupOptions& options_;
    archive::SegmentPlan plan_;
    std::string tag_;
    std::optional<UnfinishedArchive> unfinished_;  // what an earlier run has stored
    std::size_t noted_ = 0;                        // segments in the journal

    archive::ArchiveView view_;
    zfs::Dataset dataset_;
    zfs::Snapshot snapshot_;
    bool took_snapshot_ = false;
    bool held_ = false;
    std::optional<Base> base_;
    zfs::SendSpec spec_;
    archive::Encryption encryption_;
    // whether anything was written since the base, where zfs can tell
    std::optional<bool> written_;
    std::string archive_id_;
    std::optional<Exit> exit_;  // of zfs send, once its stream has ended soundly
    bool empty_ = false;        // the stream holds no change
    BackupReport report_;
};

Result<void> Run::plan() {
    if (options_.snapshot) {
        const auto found =
            std::ranges::find(dataset_.snapshots, *options_.snapshot, &zfs::Snapshot::name);
        if (found == dataset_.snapshots.end())
            return fail({.kind = ErrorKind::not_found,
                         .what = "there is no such snapshot",
                         .where = fmt::format("{}@{}", options_.dataset, *options_.snapshot),
                         .hint = fmt::format("`zfs list -t snapshot {}` shows those there are",
                                             options_.dataset)});
        snapshot_ = *found;
    }
    ZG_TRY(const bool raw, decide_raw(zfs_.capabilities(), dataset_, options_.send.raw));
    BaseChoice choice = choose_base({.view = view_,
                                     .dataset = dataset_,
                                     .snapshot = options_.snapshot ? &snapshot_ : nullptr,
                                     .raw = raw,
                                     .large_blocks = options_.send.large_blocks,
                                     .full = options_.full});
    base_ = std::move(choice.base);
    ZG_TRY(spec_, decide_flags(zfs_.capabilities(), dataset_, options_.send, base_, raw));
    report_.dataset = options_.dataset;
    report_.reason = choice.reason;
    report_.send_flags = spec_.flags();
    report_.zstd_level = decide_compression(options_.compression, dataset_, spec_);
    if (base_) report_.base = base_->archive.archive_id;
    return {};
}

Result<bool> Run::nothing_changed() {
    if (options_.full) return false;
    if (options_.snapshot)
        return std::ranges::find(view_.archives, snapshot_.guid, &catalog::Manifest::to_guid) !=
               view_.archives.end();
    if (!base_) return false;
    ZG_TRY(const auto written, zfs_.written_since(options_.dataset, base_->from));
    if (written) written_ = *written > 0;
    return written_ == false;
}

/// The run before may have died between its commit and its pruning.
Result<BackupReport> Run::unchanged(std::string why) {
    if (!options_.dry_run)
        ZG_CHECK(prune_snapshots(context_, zfs_, options_.dataset, options_.keep_snapshots));
    report_.outcome = BackupReport::Outcome::unchanged;
    report_.reason = std::move(why);
    return report_;
}

/// A name that neither a snapshot nor an archive has yet, though two runs may fall into one second
/// or the clock may have gone back.
Result<void> Run::take_snapshot() {
    TimePoint time = context_.clock.now();
    const auto taken = [&] {
        return view_.committed.contains(catalog::make_archive_id(time, tag_)) ||
               std::ranges::find(dataset_.snapshots, own_snapshot_name(time),
                                 &zfs::Snapshot::name) != dataset_.snapshots.end();
    };
    while (taken()) time += std::chrono::seconds(1);
    archive_id_ = catalog::make_archive_id(time, tag_);
    if (!options_.snapshot) {
        snapshot_.name = own_snapshot_name(time);
        // From here on a failure must look for the snapshot: the command may have taken it and
        // failed afterwards.
        took_snapshot_ = true;
        ZG_CHECK(zfs_.snapshot(full_name(), mark_property, context_.store_id));
    }
    held_ = true;
    ZG_CHECK(zfs_.hold(hold_tag(context_.store_id), full_name()));
    ZG_TRY(dataset_, zfs_.inspect(options_.dataset, mark_property));
    const auto found = std::ranges::find(dataset_.snapshots, snapshot_.name, &zfs::Snapshot::name);
    if (found == dataset_.snapshots.end() || (options_.snapshot && found->guid != snapshot_.guid))
        return fail({.kind = ErrorKind::conflict,
                     .what = "the snapshot was destroyed or replaced meanwhile",
                     .where = full_name()});
    snapshot_ = *found;
    report_.snapshot = full_name();
    spec_.snapshot = full_name();
    return {};
}

/// The stream must be of the snapshot and from the base that it was asked for, whatever their
/// names.
Result<void> Run::check_identity(const stream::Checker& checker) const {
    const stream::Begin* begin = checker.summary().first_stream();
    const std::uint64_t from = base_ ? base_->archive.to_guid : 0;
    if (begin != nullptr && begin->to_guid == snapshot_.guid && begin->from_guid == from) return {};
    return fail(
        {.kind = ErrorKind::damage,
         .what =
             fmt::format("zfs send gave a stream from guid {} to guid {}, expected from {} to {}",
                         begin != nullptr ? begin->from_guid : 0,
                         begin != nullptr ? begin->to_guid : 0, from, snapshot_.guid),
         .where = full_name(),
         .hint = "the snapshot or its base was replaced meanwhile: run the same command again"});
}

/// Before the last segment is completed, zfs send must have ended well and the stream must be the
/// right one: an object in a cold class costs months of storage even if it is removed at once.
Result<void> Run::check_end(const stream::Checker& checker, Process& process) {
    ZG_TRY(exit_, process.wait());
    if (exit_->code != 0) return fail(zfs::Zfs::exit_error(*exit_, "zfs send failed", full_name()));
    ZG_CHECK(check_identity(checker));
    empty_ = base_ && !options_.snapshot && !written_ && !checker.summary().has_data();
    if (empty_) return fail({.kind = ErrorKind::conflict, .what = "no change"});
    return {};
}

/// How zfs send ended says more than how its stream ended.
Error Run::stream_error(Error error, Process& process) {
    error.where = full_name();
    if (exit_) return error;
    auto exit = process.wait();
    if (!exit) return exit.error();
    // A stream that is refused in the middle closes the pipe: then zfs send only echoes that.
    const bool echo = exit->code == 0 || exit->code >= 128 ||
                      exit->error_text.find("Broken pipe") != std::string::npos;
    return echo ? error : zfs::Zfs::exit_error(*exit, "zfs send failed", full_name());
}

Result<catalog::Manifest> Run::make_manifest(const archive::CheckedInput& input,
                                             std::vector<catalog::Segment> segments) const {
    const stream::Summary& summary = input.checker().summary();
    const stream::Begin& begin = *summary.first_stream();
    const stream::Fletcher4& end = summary.end_checksum;
    std::uint64_t stored = 0;
    for (const catalog::Segment& segment : segments) stored += segment.stored_size;
    catalog::Manifest manifest{
        .archive_id = archive_id_,
        .host = context_.host,
        .dataset = options_.dataset,
        .dataset_guid = dataset_.guid,
        .dataset_type = dataset_.type,
        .snapshot = snapshot_.name,
        .snapshot_time =
            TimePoint(std::chrono::seconds(static_cast<std::int64_t>(begin.creation_time))),
        .to_guid = snapshot_.guid,
        .from_guid = begin.from_guid,
        .send_flags = spec_.flags(),
        .raw = spec_.raw,
        .compression = put_options().coding.compression(),
        .encryption = encryption_.name(),
        .features = begin.features,
        .created = context_.clock.now(),
        .program = program_version(),
        .stream_size = summary.bytes,
        .stored_size = stored,
        .end_checksum = {end.a, end.b, end.c, end.d},
        .segments = std::move(segments),
        .opening = unfinished_ && input.opening().empty() ? unfinished_->opening : input.opening(),
        .recipients = encryption_.labels()};
    if (encryption_.on()) ZG_CHECK(archive::seal_names(manifest, encryption_, context_.random));
    return manifest;
}

/// zfs's own estimate. A zfs that does not send properties from a bookmark (it refuses the
/// estimate, too) is asked again without them.
Result<std::optional<std::uint64_t>> Run::estimate() {
    ZG_TRY(auto estimate, zfs_.estimate(spec_));
    const bool from_bookmark = base_ && base_->from.starts_with('#');
    if (!estimate && from_bookmark && spec_.properties &&
        options_.send.properties == Choice::automatic) {
        spec_.properties = false;
        report_.send_flags = spec_.flags();
        return zfs_.estimate(spec_);
    }
    return estimate;
}

Result<std::unique_ptr<SendStream>> Run::open_stream() {
    ZG_TRY(const auto expected, estimate());
    if (!unfinished_) ZG_CHECK(begin_archive());
    context_.steps.at("zfs.send begin");
    context_.progress.begin(full_name(), expected);
    if (!unfinished_) return SendStream::begin(zfs_, spec_);
    auto stream = SendStream::go_on(context_, zfs_, spec_, *unfinished_);
    if (stream || stream.error().kind != ErrorKind::conflict) return stream;
    context_.log.warning(fmt::format("{}; beginning the archive anew", stream.error().message()));
    ZG_CHECK(discard_archive(context_, archive_id_));
    ZG_CHECK(catalog::Journal(context_.catalog).keep_segments(archive_id_, 0));
    unfinished_.reset();
    noted_ = 0;
    return SendStream::begin(zfs_, spec_);
}

/// From here on the archive is one that can be gone on with, as soon as the store has confirmed a
/// segment.
Result<void> Run::begin_archive() {
    ZG_TRY(const Buffer proof, encryption_.passphrase_proof(context_.random));
    return begin_journal(context_, {.archive_id = archive_id_,
                                    .dataset = options_.dataset,
                                    .snapshot = snapshot_.name,
                                    .took_snapshot = took_snapshot_,
                                    .to_guid = snapshot_.guid,
                                    .from_guid = base_ ? base_->archive.to_guid : 0,
                                    .flags = spec_,
                                    .zstd_level = report_.zstd_level,
                                    .encryption = encryption_.name(),
                                    .recipients = encryption_.labels(),
                                    .passphrase_proof = proof,
                                    .plan = plan_,
                                    .started = context_.clock.now()});
}

Result<bool> Run::store_stream() {
    ZG_TRY(const auto stream, open_stream());
    archive::CheckedInput& input = stream->input();
    input.at_end([&] { return check_end(input.checker(), stream->process()); });
    archive::PutOptions put = put_options();
    if (unfinished_)
        std::ranges::transform(unfinished_->segments, std::back_inserter(put.done),
                               &archive::SegmentEnd::segment);
    put.after_segment = [&](const archive::SegmentEnd& segment) -> Result<void> {
        ZG_CHECK(note_segment(context_, archive_id_, noted_ + 1, segment, input.opening()));
        ++noted_;
        return {};
    };
    auto segments = archive::put_stream(context_, archive_id_, input, put);
    context_.progress.end();
    context_.steps.at("zfs.send end");
    if (empty_) return false;
    if (!segments)
        return fail(input.failed() ? stream_error(std::move(segments.error()), stream->process())
                                   : std::move(segments.error()));
    ZG_TRY(const catalog::Manifest manifest, make_manifest(input, std::move(*segments)));
    ZG_CHECK(context_.store.put_new(catalog::manifest_name(archive_id_),
                                    as_bytes(catalog::to_json(manifest))));
    report_.archive = manifest;
    return true;
}

/// After the commit. An error here costs no data: the next run does what was left undone.
Result<void> Run::tidy_up() {
    auto noted = context_.catalog.put(*report_.archive);
    if (noted) noted = catalog::Journal(context_.catalog).forget(archive_id_);
    if (dataset_.has_bookmarks_feature)
        ZG_CHECK(zfs_.bookmark(
            full_name(), fmt::format("{}#{}", options_.dataset, bookmark_name(snapshot_.guid))));
    ZG_CHECK(zfs_.release(hold_tag(context_.store_id), full_name()));
    ZG_CHECK(prune_snapshots(context_, zfs_, options_.dataset, options_.keep_snapshots));
    return noted;
}

/// Takes back what this run made, unless a later one can go on with it. What cannot be taken back
/// now is left for the next run's clean_up().
void Run::give_up() {
    const auto attempt = [&](Result<void> done) {
        if (!done)
            context_.log.warning(
                fmt::format("left for the next run to clean up: {}", done.error().message()));
    };
    if (noted_ > 0 && !empty_) {
        attempt(abort_uploads(context_, archive_id_));
        context_.log.info(
            fmt::format("archive {} is unfinished: {} segment{} of it {} stored; the same command "
                        "goes on with it, --restart gives it up",
                        archive_id_, noted_, noted_ == 1 ? "" : "s", noted_ == 1 ? "is" : "are"));
        return;
    }
    auto discarded =
        archive_id_.empty() ? Result<bool>(true) : discard_archive(context_, archive_id_);
    if (!discarded) attempt(fail(discarded.error()));
    if (discarded && !archive_id_.empty())
        attempt(catalog::Journal(context_.catalog).forget(archive_id_));
    // Where the manifest may be there after all (its confirmation was lost), the snapshot is the
    // next base.
    const bool maybe_stored = !discarded || !*discarded;
    if (held_) attempt(zfs_.release(hold_tag(context_.store_id), full_name()));
    if (took_snapshot_ && !maybe_stored) attempt(destroy_when_free(context_, zfs_, full_name()));
}

/// What is there, and what an earlier run left of it.
Result<void> Run::look() {
    ZG_TRY(encryption_, archive::choose_encryption(context_, options_.encryption));
    report_.encrypted = encryption_.on();
    ZG_TRY(dataset_, zfs_.inspect(options_.dataset, mark_property));
    ZG_TRY(view_, archive::look_at_store(context_));
    for (const archive::UnreadableManifest& manifest : view_.unreadable)
        context_.log.warning(manifest.error.message());
    const ResumeQuestion question{.zfs = zfs_,
                                  .dataset = dataset_,
                                  .tag = tag_,
                                  .encryption = encryption_,
                                  .restart = options_.restart};
    if (options_.dry_run) {
        ZG_TRY(unfinished_, foresee_unfinished(context_, view_, question));
        return {};
    }
    ZG_CHECK(archive::put_back_manifests(context_, view_));
    ZG_TRY(unfinished_, find_unfinished(context_, view_, question));
    return clean_up(context_, zfs_, view_, tag_, dataset_, unfinished_ ? &*unfinished_ : nullptr);
}

/// As the archive was begun, whatever is asked for now.
void Run::plan_to_go_on() {
    const UnfinishedArchive& archive = *unfinished_;
    archive_id_ = archive.archive_id;
    took_snapshot_ = archive.took_snapshot;
    snapshot_ = *std::ranges::find(dataset_.snapshots, archive.to_guid, &zfs::Snapshot::guid);
    plan_ = archive.plan;
    spec_ = archive.flags;
    spec_.snapshot = full_name();
    written_ = true;
    noted_ = archive.segments.size();
    if (archive.from_guid != 0) {
        const auto base =
            std::ranges::find(view_.archives, archive.from_guid, &catalog::Manifest::to_guid);
        const auto as_snapshot =
            std::ranges::find(dataset_.snapshots, archive.from_guid, &zfs::Snapshot::guid);
        const auto as_bookmark =
            std::ranges::find(dataset_.bookmarks, archive.from_guid, &zfs::Snapshot::guid);
        base_ = Base{*base, as_snapshot != dataset_.snapshots.end() ? "@" + as_snapshot->name
                                                                    : "#" + as_bookmark->name};
        spec_.from = options_.dataset + base_->from;
        report_.base = base_->archive.archive_id;
    }
    report_.dataset = options_.dataset;
    report_.snapshot = full_name();
    report_.send_flags = spec_.flags();
    report_.zstd_level = archive.zstd_level;
    report_.resumed = true;
    report_.reason = fmt::format(
        "going on with archive {}, begun {}, of which {} in {} segments is stored", archive_id_,
        rfc3339_utc(archive.started), format_size(archive.stored_size()), noted_);
}

Result<BackupReport> Run::run() {
    const auto lock_name = fmt::format("{}-{}.lock", context_.store_id.substr(0, 12), tag_);
    ZG_TRY(const Lock lock, Lock::take(context_.state_dir + "/locks", lock_name, options_.dataset));
    ZG_CHECK(look());
    if (unfinished_) return finish_archive();
    ZG_CHECK(plan());
    ZG_TRY(const bool same, nothing_changed());
    if (same)
        return unchanged(options_.snapshot
                             ? "the store has this snapshot already"
                             : "nothing was written since " + options_.dataset + base_->from);
    ZG_CHECK(check_same_keys({.archives = view_.archives,
                              .dataset = dataset_,
                              .encryption = encryption_,
                              .has_base = base_.has_value()},
                             context_.log));
    if (options_.dry_run) return foresee(options_.snapshot.has_value());
    context_.log.info(fmt::format("{}: {}: {}", options_.dataset, base_ ? "incremental" : "full",
                                  report_.reason));
    return store_archive(take_snapshot());
}

/// What a dry run tells. Without a snapshot zfs has nothing to estimate.
Result<BackupReport> Run::foresee(bool snapshot_is_there) {
    report_.outcome = BackupReport::Outcome::dry_run;
    if (snapshot_is_there) {
        spec_.snapshot = full_name();
        ZG_TRY(report_.estimate, zfs_.estimate(spec_));
    }
    report_.memory = program_memory + archive::put_memory(put_options(), context_.connections,
                                                          spec_.raw || spec_.large_blocks);
    return report_;
}

Result<BackupReport> Run::finish_archive() {
    plan_to_go_on();
    if (options_.dry_run) return foresee(true);
    context_.log.info(fmt::format("{}: {}", options_.dataset, report_.reason));
    held_ = true;
    return store_archive(zfs_.hold(hold_tag(context_.store_id), full_name()));
}

/// `ready`: whether the snapshot is there and held.
Result<BackupReport> Run::store_archive(Result<void> ready) {
    auto stored = ready ? store_stream() : Result<bool>(fail(std::move(ready.error())));
    if (!stored) {
        give_up();
        return fail(std::move(stored.error()));
    }
    if (!*stored) {
        give_up();
        return unchanged("nothing was written since " + options_.dataset + base_->from);
    }
    report_.outcome = BackupReport::Outcome::stored;
    if (auto tidied = tidy_up(); !tidied) {
        tidied.error().what =
            fmt::format("archive {} is stored, but {}", archive_id_, tidied.error().what);
        return fail(std::move(tidied.error()));
    }
    return report_;
}

}  // namespace

Result<BackupReport> backup(archive::Context& context, const zfs::Zfs& zfs,
                            const BackupOptions& options) {
    ZG_CHECK(zfs::check_dataset_name(options.dataset));
    if (options.snapshot) ZG_CHECK(zfs::check_snapshot_name(*options.snapshot));
    ZG_CHECK(archive::check_plan({options.segment_size, options.part_size}, context.store));
    auto report = Run(context, zfs, options).run();
    const bool wanted =
        report && options.snapshot &&
        report->snapshot == fmt::format("{}@{}", options.dataset, *options.snapshot);
    if (!report || !report->resumed || !report->archive || wanted) return report;
    context.log.info(
        fmt::format("{}: finished archive {} of {}; looking for what was written since",
                    options.dataset, report->archive->archive_id, report->snapshot));
    auto newer = Run(context, zfs, options).run();
    if (newer && newer->outcome == BackupReport::Outcome::unchanged) return report;
    return newer;
}

}  // namespace zg::ops
