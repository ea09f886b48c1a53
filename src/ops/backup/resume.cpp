#include "ops/backup/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/write/chunk.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/journal.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "store/store.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// Why it cannot be resumed; empty if it can.
std::string reason_against(const UnfinishedArchive& archive, const archive::ArchiveView& view,
                           const ResumeQuestion& question) {
    if (question.restart) return "--restart was given";
    const auto snapshot =
        std::ranges::find(question.dataset.snapshots, archive.to_guid, &zfs::Snapshot::guid);
    if (snapshot == question.dataset.snapshots.end() || snapshot->name != archive.snapshot)
        return fmt::format("the snapshot @{} is gone", archive.snapshot);
    const bool base_is_here =
        zfs::find_by_guid(question.dataset.snapshots, archive.from_guid) != nullptr ||
        zfs::find_by_guid(question.dataset.bookmarks, archive.from_guid) != nullptr;
    const bool base_is_stored =
        std::ranges::find(view.archives, archive.from_guid, &catalog::Manifest::to_guid) !=
        view.archives.end();
    if (archive.from_guid != 0 && !(base_is_here && base_is_stored))
        return "the archive it builds on, or its snapshot, is gone";
    if (archive.encryption != question.encryption.name() ||
        archive.recipients != question.encryption.labels())
        return "it was begun for other recipients";
    const auto fits = question.encryption.fits(archive.passphrase_proof);
    if (!fits) return fits.error().message();
    return *fits ? "" : "it was begun with another passphrase";
}

/// How many segments, from the first on, the store has as noted in the journal.
std::size_t count_stored(const UnfinishedArchive& archive, const archive::ArchiveView& view) {
    std::size_t count = 0;
    for (const archive::SegmentEnd& end : archive.segments) {
        const std::string name = catalog::segment_name(archive.archive_id, end.segment.name);
        const auto object = std::ranges::find(view.objects, name, &store::Entry::name);
        if (object == view.objects.end() || object->size != end.segment.stored_size) break;
        ++count;
    }
    return count;
}

/// Keeps the segments that the store has, up to the last one after which zfs send can resume.
void keep_usable(const archive::ArchiveView& view, const zfs::Capabilities& can,
                 UnfinishedArchive& archive) {
    archive.segments.resize(count_stored(archive, view));
    if (!can.send_resumed) return;
    while (!archive.segments.empty() && !archive.segments.back().checkpoint)
        archive.segments.pop_back();
}

/// Reduces journal and store to the segments in `archive`: removes segments that were completed but
/// not noted, and those after the point where it is resumed.
Result<void> trim(Context& context, archive::ArchiveView& view, const UnfinishedArchive& archive) {
    ZG_CHECK(catalog::Journal(context.archives.catalog)
                 .keep_segments(archive.archive_id, archive.segments.size()));
    const auto is_stray = [&](const store::Entry& object) {
        const auto is_noted = [&](const archive::SegmentEnd& end) {
            return object.name == catalog::segment_name(archive.archive_id, end.segment.name);
        };
        return object.name.starts_with(catalog::segments_of(archive.archive_id)) &&
               std::ranges::none_of(archive.segments, is_noted);
    };
    for (const store::Entry& object : view.objects) {
        if (is_stray(object)) ZG_CHECK(context.archives.store.remove(object.name));
    }
    std::erase_if(view.objects, is_stray);
    return {};
}

Result<void> give_up(Context& context, const UnfinishedArchive& archive,
                     const std::string& reason) {
    context.world.log.info(
        fmt::format("giving up the unfinished archive {} of {}@{} ({} in {} segments): {}",
                    archive.archive_id, archive.dataset, archive.snapshot,
                    format_size(archive.stored_size()), archive.segments.size(), reason));
    return catalog::Journal(context.archives.catalog).forget(archive.archive_id);
}

}  // namespace

JournalChoice choose_unfinished(const std::vector<UnfinishedArchive>& journal,
                                const archive::ArchiveView& view, const ResumeQuestion& question) {
    JournalChoice choice;
    for (const UnfinishedArchive& noted : journal) {
        if (catalog::tag_of(noted.archive_id) != question.tag) continue;
        if (view.committed.contains(noted.archive_id)) {
            choice.committed.push_back(noted.archive_id);
            continue;
        }
        UnfinishedArchive archive = noted;
        std::string against = view.has_tombstone(noted.archive_id)
                                  ? "it was removed"
                                  : reason_against(archive, view, question);
        if (against.empty()) keep_usable(view, question.can, archive);
        if (against.empty() && archive.segments.empty()) against = "the store has no segment of it";
        if (!against.empty()) {
            choice.given_up.push_back({noted, std::move(against)});
            continue;
        }
        if (choice.resumed)
            choice.given_up.push_back({*std::move(choice.resumed), "a newer one is resumed"});
        choice.resumed = std::move(archive);
    }
    return choice;
}

Result<void> settle_journal(Context& context, archive::ArchiveView& view,
                            const JournalChoice& choice) {
    for (const std::string& id : choice.committed)
        ZG_CHECK(catalog::Journal(context.archives.catalog).forget(id));
    for (const auto& [archive, reason] : choice.given_up)
        ZG_CHECK(give_up(context, archive, reason));
    return choice.resumed ? trim(context, view, *choice.resumed) : Result<void>{};
}

}  // namespace zg::ops
