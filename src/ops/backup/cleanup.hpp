// What a run that did not end leaves behind, and the snapshots that are no longer needed.
#pragma once

#include <string>

#include "archive/archive_view.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The user property that marks a snapshot as ours; its value is the store's id.
inline constexpr const char* mark_property = "zglacier:store";

/// "zglacier-<first 12 digits of the store's id>": the tag of our holds. Whoever has the lock may
/// release it.
std::string hold_tag(const std::string& store_id);
/// "zglacier-20261123T020000Z", the name of the snapshot that is taken for an archive of this id.
std::string own_snapshot_name(std::string_view archive_id);
/// True for a snapshot that zglacier took for this store: by its name's form and by its mark.
bool is_own_snapshot(const zfs::Snapshot& snapshot, const std::string& store_id);
/// "zglacier-<guid>".
std::string bookmark_name(std::uint64_t guid);

/// The owner tag of this host's archives of the dataset: catalog::owner_tag().
std::string tag_for(const Context& context, const std::string& dataset);

/// What clean_up() leaves alone; empty and 0: nothing.
struct KeptByCleanUp {
    std::string archive_id;           ///< an archive to be resumed: only its uploads are aborted
    std::uint64_t snapshot_guid = 0;  ///< its snapshot, or the one to be sent; its hold stays, too
};

/// Removes this host's and dataset's unfinished uploads and segments without a manifest, releases
/// our holds, destroys our snapshots that no archive holds, and makes the bookmarks that are
/// missing for snapshots that are still here. Touches nothing else. To be called with the lock
/// taken. Brings `view` and `dataset` up to date.
Result<void> clean_up(Context& context, const zfs::Zfs& zfs, archive::ArchiveView& view,
                      zfs::Dataset& dataset, const KeptByCleanUp& keep);

/// Logs a failure to undo something, which the next run's clean_up() will do.
void leave_to_next_run(const Result<void>& undone, Log& log);

/// Destroys the snapshot; waits up to five seconds for a zfs send that was killed to let go of it.
Result<void> destroy_when_free(Context& context, const zfs::Zfs& zfs, const std::string& snapshot);

/// Destroys our snapshots of the dataset but for the newest `keep` (without bookmarks at least one,
/// the next base).
Result<void> prune_snapshots(Context& context, const zfs::Zfs& zfs, const std::string& dataset,
                             unsigned keep);

}  // namespace zg::ops
