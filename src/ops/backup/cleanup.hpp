// Removes what interrupted runs left, and snapshots that are no longer needed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_view.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The user property that marks a snapshot as ours; its value is the store's id.
inline constexpr const char* mark_property = "zglacier:store";

/// "zglacier-<first 12 digits of the store's id>": the tag of our holds. A run that has the lock
/// may release them.
std::string hold_tag(const std::string& store_id);
/// "zglacier-20261123T020000Z": the name of the snapshot taken for the archive of this id.
std::string own_snapshot_name(std::string_view archive_id);
/// Whether zglacier took the snapshot for this store: decided by its name's form and its mark.
bool is_own_snapshot(const zfs::Snapshot& snapshot, const std::string& store_id);
/// "zglacier-<guid>".
std::string bookmark_name(std::uint64_t guid);

/// The owner tag of this host's archives of the dataset: catalog::owner_tag().
std::string tag_for(const Context& context, const std::string& dataset);

/// The removals that clean_up() finishes for archives with this owner tag, in its order.
std::vector<archive::Removal> removals_of(const archive::ArchiveView& view, const std::string& tag);

/// What clean_up() must not touch; empty and 0: nothing.
struct KeptByCleanUp {
    std::string archive_id;           ///< an archive to be resumed: only its uploads are aborted
    std::uint64_t snapshot_guid = 0;  ///< its snapshot, or the one to be sent; its hold stays, too
};

/// Removes this host's and dataset's unfinished uploads and segments without a manifest, and what
/// is left of archives that were removed on purpose (what the store refuses to remove is logged as
/// a warning); releases our holds, destroys our snapshots that no archive holds, and creates
/// missing bookmarks of snapshots that still exist. Touches nothing else. The caller holds the
/// lock. Updates `view` and `dataset`.
Result<void> clean_up(Context& context, const zfs::Zfs& zfs, archive::ArchiveView& view,
                      zfs::Dataset& dataset, const KeptByCleanUp& keep);

/// Logs that something could not be undone; the next run's clean_up() does it.
void leave_to_next_run(const Result<void>& undone, Log& log);

/// Destroys the snapshot; waits up to five seconds for a killed zfs send to release it.
Result<void> destroy_when_free(Context& context, const zfs::Zfs& zfs, const std::string& snapshot);

/// Destroys our snapshots of the dataset except the newest `keep` (at least one if the pool has no
/// bookmarks: the next base).
Result<void> prune_snapshots(Context& context, const zfs::Zfs& zfs, const std::string& dataset,
                             unsigned keep);

}  // namespace zg::ops
