// What a run that did not end leaves behind, and the snapshots that are no longer needed.
#pragma once

#include <string>

#include "archive/archive_view.hpp"
#include "ops/backup/journal.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The user property that marks a snapshot as ours; its value is the store's id.
inline constexpr const char* mark_property = "zglacier:store";

/// "zglacier-<first 12 digits of the store's id>": the tag of our holds. Whoever has the lock may
/// release it.
std::string hold_tag(const std::string& store_id);
/// "zglacier-20261123T020000Z".
std::string own_snapshot_name(TimePoint time);
/// True for a snapshot that zglacier took for this store: by its name's form and by its mark.
bool is_own_snapshot(const zfs::Snapshot& snapshot, const std::string& store_id);
/// "zglacier-<guid>".
std::string bookmark_name(std::uint64_t guid);

/// Removes this host's and dataset's unfinished uploads and segments without a manifest, releases
/// our holds, destroys our snapshots that no archive holds, and makes the bookmarks that are
/// missing for snapshots that are still here. Touches nothing else. `keep`: an archive that will be
/// gone on with: only its uploads are aborted, its snapshot and hold stay. To be called with the
/// lock taken. `dataset` is brought up to date.
Result<void> clean_up(archive::Context& context, const zfs::Zfs& zfs, archive::ArchiveView& view,
                      const std::string& tag, zfs::Dataset& dataset,
                      const UnfinishedArchive* keep = nullptr);

/// Aborts the archive's uploads; its segments stay.
Result<void> abort_uploads(archive::Context& context, const std::string& archive_id);

/// Removes all that lies below archives/<id>/, unless a manifest shows that the archive is
/// committed: then false.
Result<bool> discard_archive(archive::Context& context, const std::string& archive_id);

/// Destroys the snapshot; waits up to five seconds for a zfs send that was killed to let go of it.
Result<void> destroy_when_free(archive::Context& context, const zfs::Zfs& zfs,
                               const std::string& snapshot);

/// Destroys our snapshots of the dataset but for the newest `keep` (without bookmarks at least one,
/// the next base).
Result<void> prune_snapshots(archive::Context& context, const zfs::Zfs& zfs,
                             const std::string& dataset, unsigned keep);

}  // namespace zg::ops
