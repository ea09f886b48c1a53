#include "ops/backup/archiving.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/encryption.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/put_stream.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/progress.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/version.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/journal.hpp"
#include "catalog/manifest.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/backup/journal.hpp"
#include "ops/backup/plan.hpp"
#include "ops/backup/resume.hpp"
#include "ops/backup/send_stream.hpp"
#include "ops/backup/survey.hpp"
#include "ops/context.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// An archive id that is not used yet, nor was by an archive that this run gave up, and whose
/// snapshot name is free: two runs may start within one second, and the clock may have been set
/// back.
std::string free_id(const Context& context, const Survey& survey) {
    const std::string tag = tag_for(context, survey.dataset.name);
    const auto taken = [&](const std::string& id) {
        const auto given_up = [&](const JournalChoice::GivenUp& one) {
            return one.archive.archive_id == id;
        };
        return survey.view.committed.contains(id) || survey.view.has_tombstone(id) ||
               std::ranges::any_of(survey.journal.given_up, given_up) ||
               std::ranges::find(survey.dataset.snapshots, own_snapshot_name(id),
                                 &zfs::Snapshot::name) != survey.dataset.snapshots.end();
    };
    TimePoint time = context.world.clock.now();
    while (taken(catalog::make_archive_id(time, tag))) time += std::chrono::seconds(1);
    return catalog::make_archive_id(time, tag);
}

}  // namespace

Archiving::Archiving(Context& context, const zfs::Zfs& zfs, const Survey& survey,
                     const ArchivePlan& plan)
    : context_(context),
      zfs_(zfs),
      survey_(survey),
      plan_(plan),
      spec_(plan.spec),
      snapshot_(context, zfs, survey.dataset.name),
      writer_(context, plan.unfinished ? plan.unfinished->archive_id : free_id(context, survey)),
      unfinished_(plan.unfinished),
      noted_(plan.unfinished ? plan.unfinished->segments.size() : 0),
      journal_begun_(plan.unfinished.has_value()) {}

Result<std::optional<catalog::Manifest>> Archiving::run() {
    auto held = hold_snapshot();
    auto stored = held ? store() : fail(std::move(held.error()));
    if (!stored || !*stored) give_up();
    return stored;
}

Result<void> Archiving::hold_snapshot() {
    if (plan_.snapshot) {
        ZG_CHECK(snapshot_.hold(plan_.snapshot->name,
                                plan_.unfinished && plan_.unfinished->took_snapshot));
    } else {
        ZG_CHECK(snapshot_.take(own_snapshot_name(writer_.archive_id())));
    }
    ZG_TRY(found_, snapshot_.find(plan_.snapshot ? plan_.snapshot->guid : 0));
    spec_.snapshot = snapshot_.full_name();
    return {};
}

/// Returns the committed manifest; nothing if nothing has changed.
Result<std::optional<catalog::Manifest>> Archiving::store() {
    ZG_TRY(const auto expected, zfs_.estimate(spec_));
    ZG_TRY(auto manifest, send(expected));
    if (!manifest) return manifest;
    ZG_CHECK(writer_.commit(*manifest));
    // The snapshot is the next base.
    snapshot_.spare();
    return manifest;
}

/// Stores the segments. Returns the manifest to be committed; nothing if nothing has changed.
Result<std::optional<catalog::Manifest>> Archiving::send(std::optional<std::uint64_t> expected) {
    const StepScope step(context_.world.steps, "zfs.send");
    const ProgressScope progress(context_.world.progress, snapshot_.full_name(), expected);
    // Before zfs send runs: if the program is killed just then, zfs-fuse never releases the hold.
    if (!plan_.may_be_unchanged) ZG_CHECK(begin_journal());
    ZG_TRY(const auto stream, open_stream());
    if (plan_.may_be_unchanged) {
        auto changed = stream->holds_changes();
        if (!changed) return fail(stream_error(std::move(changed.error()), *stream));
        if (!*changed) {
            ZG_TRY(const zfs::Ended ended, stream->wait());
            return ended.success ? Result<std::optional<catalog::Manifest>>(std::nullopt)
                                 : fail(ended.error);
        }
    }
    ZG_CHECK(begin_journal());
    ZG_TRY(std::vector<catalog::Segment> segments, put(*stream));
    return make_manifest(stream->input(), std::move(segments));
}

Result<std::unique_ptr<SendStream>> Archiving::open_stream() {
    if (!unfinished_) return SendStream::begin(zfs_, spec_);
    auto stream = SendStream::resume(context_, zfs_, spec_, *unfinished_);
    if (stream || stream.error().kind != ErrorKind::conflict) return stream;
    context_.world.log.warning(
        fmt::format("{}; starting the archive over", stream.error().message()));
    ZG_CHECK(writer_.abandon());
    ZG_CHECK(catalog::Journal(context_.archives.catalog).keep_segments(writer_.archive_id(), 0));
    unfinished_.reset();
    noted_ = 0;
    return SendStream::begin(zfs_, spec_);
}

/// From here on the archive can be resumed, as soon as the store has confirmed a segment.
Result<void> Archiving::begin_journal() {
    if (journal_begun_) return {};
    const archive::Encryption& encryption = survey_.encryption;
    ZG_TRY(const Buffer proof, encryption.passphrase_proof(context_.world.random));
    ZG_CHECK(
        ops::begin_journal(context_, {.archive_id = writer_.archive_id(),
                                      .dataset = survey_.dataset.name,
                                      .snapshot = found_.name,
                                      .took_snapshot = snapshot_.ours(),
                                      .to_guid = found_.guid,
                                      .from_guid = plan_.base ? plan_.base->archive.to_guid : 0,
                                      .flags = spec_,
                                      .compression = plan_.compression,
                                      .encryption = encryption.name(),
                                      .recipients = encryption.labels(),
                                      .passphrase_proof = proof,
                                      .plan = plan_.segments,
                                      .started = context_.world.clock.now()}));
    journal_begun_ = true;
    return {};
}

Result<std::vector<catalog::Segment>> Archiving::put(SendStream& stream) {
    archive::CheckedInput& input = stream.input();
    input.at_end([&] { return check_end(stream); });
    archive::PutOptions options = plan_.put_options(survey_.encryption);
    if (unfinished_)
        std::ranges::transform(unfinished_->segments, std::back_inserter(options.done),
                               &archive::SegmentEnd::segment);
    options.after_segment = [&](const archive::SegmentEnd& segment) -> Result<void> {
        ZG_CHECK(
            note_segment(context_, writer_.archive_id(), noted_ + 1, segment, input.opening()));
        ++noted_;
        return {};
    };
    auto segments = writer_.add_segments(input, options);
    if (!segments && input.failed()) return fail(stream_error(std::move(segments.error()), stream));
    return segments;
}

/// Before the last segment is completed, zfs send must have succeeded, and the stream must be the
/// right one: an object in a cold class costs months of storage even if it is removed at once.
Result<void> Archiving::check_end(SendStream& stream) {
    ZG_TRY(const zfs::Ended ended, stream.wait());
    if (!ended.success) return fail(ended.error);
    const stream::Begin* begin = stream.input().checker().summary().first_stream();
    const std::uint64_t from = plan_.base ? plan_.base->archive.to_guid : 0;
    if (begin != nullptr && begin->to_guid == found_.guid && begin->from_guid == from) return {};
    return fail(
        {.kind = ErrorKind::damage,
         .what = fmt::format("zfs send wrote a stream from guid {} to guid {}, expected {} to {}",
                             begin != nullptr ? begin->from_guid : 0,
                             begin != nullptr ? begin->to_guid : 0, from, found_.guid),
         .where = snapshot_.full_name(),
         .hint = "the snapshot or its base was replaced in the meantime: run the same command "
                 "again"});
}

/// If zfs send failed, its error explains more than the error of its stream.
Error Archiving::stream_error(Error error, SendStream& stream) const {
    error.where = snapshot_.full_name();
    const auto ended = stream.wait();
    if (!ended) return ended.error();
    // If the stream is refused in the middle, its pipe is closed, and zfs send only reports that.
    return ended->success || ended->pipe_closed ? error : ended->error;
}

Result<catalog::Manifest> Archiving::make_manifest(const archive::CheckedInput& input,
                                                   std::vector<catalog::Segment> segments) const {
    const stream::Summary& summary = input.checker().summary();
    const stream::Begin& begin = *summary.first_stream();
    const archive::Encryption& encryption = survey_.encryption;
    std::uint64_t stored = 0;
    for (const catalog::Segment& segment : segments) stored += segment.stored_size;
    catalog::Manifest manifest{
        .archive_id = writer_.archive_id(),
        .host = context_.machine.host,
        .dataset = survey_.dataset.name,
        .dataset_guid = survey_.dataset.guid,
        .dataset_type = survey_.dataset.type,
        .snapshot = found_.name,
        .snapshot_time =
            TimePoint(std::chrono::seconds(static_cast<std::int64_t>(begin.creation_time))),
        .to_guid = found_.guid,
        .from_guid = begin.from_guid,
        .send_flags = spec_.flags(),
        .raw = spec_.raw,
        .encodings = plan_.put_options(encryption).coding.encodings(),
        .features = begin.features,
        .created = context_.world.clock.now(),
        .program = program_version(),
        .stream_size = summary.bytes,
        .stored_size = stored,
        .end_checksum = summary.end_checksum,
        .segments = std::move(segments),
        .opening = unfinished_ && input.opening().empty() ? unfinished_->opening : input.opening(),
        .recipients = encryption.labels()};
    if (encryption.on()) ZG_CHECK(archive::seal_names(manifest, encryption, context_.world.random));
    return manifest;
}

/// Undoes what this run did, unless a later run can resume the archive. If something cannot be
/// undone now, the next run's clean_up() does it.
void Archiving::give_up() {
    if (noted_ > 0) {
        leave_to_next_run(writer_.stop(), context_.world.log);
        snapshot_.keep();
        context_.world.log.info(fmt::format(
            "archive {} is unfinished: {} segment{} of it {} stored; the same command resumes it, "
            "--restart gives it up",
            writer_.archive_id(), noted_, noted_ == 1 ? "" : "s", noted_ == 1 ? "is" : "are"));
        return;
    }
    if (journal_begun_) abandon();
    snapshot_.undo();
}

void Archiving::abandon() {
    const auto abandoned = writer_.abandon();
    leave_to_next_run(abandoned
                          ? catalog::Journal(context_.archives.catalog).forget(writer_.archive_id())
                          : fail(abandoned.error()),
                      context_.world.log);
    // The manifest may have been written although its confirmation was lost: then the snapshot is
    // the next base.
    if (!abandoned || !*abandoned) snapshot_.spare();
}

}  // namespace zg::ops
