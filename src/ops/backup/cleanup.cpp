#include "ops/backup/cleanup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/write/archive_writer.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "ops/context.hpp"
#include "store/store.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

constexpr std::string_view own_prefix = "zglacier-";
constexpr int busy_attempts = 50;
constexpr std::chrono::milliseconds busy_pause{100};

/// Removes the unfinished archives of this host and dataset from the store.
Result<void> clean_store(Context& context, archive::ArchiveView& view, const std::string& tag,
                         const std::string& keep) {
    std::set<std::string> unfinished;
    ZG_TRY(const std::vector<store::Upload> uploads,
           context.archives.store.uploads(catalog::segments_prefix));
    for (const store::Upload& upload : uploads) {
        const std::string id = catalog::parse_object_name(upload.name).archive_id;
        if (id.empty() || catalog::tag_of(id) != tag) continue;
        // An upload whose start was confirmed too late was started a second time: the first is left
        // over although the archive is complete.
        if (view.committed.contains(id) || view.has_tombstone(id) || id == keep)
            ZG_CHECK(context.archives.store.abort(upload));
        else
            unfinished.insert(id);
    }
    for (const store::Entry& object : view.objects) {
        if (!view.is_orphan(object)) continue;
        const std::string id = catalog::parse_object_name(object.name).archive_id;
        // An archive whose tombstone has no effect is left alone.
        if (catalog::tag_of(id) == tag && id != keep && !view.has_tombstone(id))
            unfinished.insert(id);
    }
    for (const std::string& id : unfinished) {
        context.world.log.info(
            fmt::format("removing archive {}, which an earlier run did not finish", id));
        ZG_CHECK(archive::ArchiveWriter(context, id).abandon());
    }
    std::erase_if(view.objects, [&](const store::Entry& object) {
        return view.is_orphan(object) &&
               unfinished.contains(catalog::parse_object_name(object.name).archive_id);
    });
    return {};
}

Result<void> remove_leftovers(Context& context, const archive::Removal& removal) {
    for (const std::string& name : removal.leftovers) ZG_CHECK(context.archives.store.remove(name));
    return {};
}

/// Finishes interrupted removals, for the archives of this host and dataset, the newest first.
/// Objects that the store refuses to remove stay: they cost money, but do no harm.
Result<void> finish_removals(Context& context, archive::ArchiveView& view, const std::string& tag) {
    for (const archive::Removal& removal : removals_of(view, tag)) {
        context.world.log.info(fmt::format("removing what is left of {}: {} object{}",
                                           removal.title(), removal.leftovers.size(),
                                           removal.leftovers.size() == 1 ? "" : "s"));
        auto removed = remove_leftovers(context, removal);
        if (!removed && removed.error().kind != ErrorKind::refused) return removed;
        if (!removed) {
            context.world.log.warning(fmt::format("cannot remove what is left of {}: {}",
                                                  removal.title(), removed.error().message()));
            context.world.log.hint(
                "the store refuses it (Object Lock, or a policy without permission to delete); "
                "nothing else is affected, and the next backup tries again");
            continue;
        }
        leave_to_next_run(context.archives.catalog.remove(removal.tombstone.archive_id),
                          context.world.log);
        std::erase_if(view.objects, [&](const store::Entry& object) {
            return std::ranges::find(removal.leftovers, object.name) != removal.leftovers.end();
        });
        std::erase_if(view.removals, [&](const archive::Removal& other) {
            return other.tombstone.archive_id == removal.tombstone.archive_id;
        });
    }
    return {};
}

}  // namespace

std::vector<archive::Removal> removals_of(const archive::ArchiveView& view,
                                          const std::string& tag) {
    std::vector<archive::Removal> removals;
    std::ranges::copy_if(view.removals, std::back_inserter(removals),
                         [&](const archive::Removal& removal) {
                             return catalog::tag_of(removal.tombstone.archive_id) == tag;
                         });
    return removals;
}

std::string tag_for(const Context& context, const std::string& dataset) {
    return catalog::owner_tag(context.archives.store_id, context.machine.machine_id, dataset);
}

std::string hold_tag(const std::string& store_id) {
    return fmt::format("{}{}", own_prefix, store_id.substr(0, 12));
}
std::string own_snapshot_name(std::string_view archive_id) {
    return fmt::format("{}{}", own_prefix, archive_id.substr(0, archive_id.find('-')));
}
std::string bookmark_name(std::uint64_t guid) { return fmt::format("{}{}", own_prefix, guid); }

bool is_own_snapshot(const zfs::Snapshot& snapshot, const std::string& store_id) {
    return snapshot.mark == store_id && snapshot.name.starts_with(own_prefix) &&
           catalog::is_compact_utc(std::string_view(snapshot.name).substr(own_prefix.size()));
}

void leave_to_next_run(const Result<void>& undone, Log& log) {
    if (!undone)
        log.warning(fmt::format("{}; the next run cleans it up", undone.error().message()));
}

Result<void> destroy_when_free(Context& context, const zfs::Zfs& zfs, const std::string& snapshot) {
    for (int attempt = 0;; ++attempt) {
        auto destroyed = zfs.destroy_snapshot(snapshot);
        const bool busy = !destroyed && zfs::refusal_of(destroyed.error()) == zfs::Refusal::busy;
        if (!busy || attempt == busy_attempts) return destroyed;
        context.world.clock.sleep(busy_pause);
    }
}

Result<void> clean_up(Context& context, const zfs::Zfs& zfs, archive::ArchiveView& view,
                      zfs::Dataset& dataset, const KeptByCleanUp& keep) {
    const std::string tag = tag_for(context, dataset.name);
    ZG_CHECK(clean_store(context, view, tag, keep.archive_id));
    ZG_CHECK(finish_removals(context, view, tag));
    std::set<std::uint64_t> stored;
    for (const catalog::Manifest& archive : view.archives) stored.insert(archive.to_guid);
    bool changed = false;
    for (const zfs::Snapshot& snapshot : dataset.snapshots) {
        if (snapshot.guid == keep.snapshot_guid) continue;
        const std::string name = fmt::format("{}@{}", dataset.name, snapshot.name);
        if (snapshot.user_refs > 0)
            ZG_CHECK(zfs.release(hold_tag(context.archives.store_id), name));
        const bool own = is_own_snapshot(snapshot, context.archives.store_id);
        const bool is_stored = stored.contains(snapshot.guid);
        if (own && !is_stored && view.unreadable.empty()) {
            context.world.log.info(
                fmt::format("destroying {}, which zglacier took but no archive contains", name));
            ZG_CHECK(destroy_when_free(context, zfs, name));
            changed = true;
        }
        const bool marked = std::ranges::find(dataset.bookmarks, snapshot.guid,
                                              &zfs::Snapshot::guid) != dataset.bookmarks.end();
        if (own && is_stored && !marked && dataset.has_bookmarks_feature) {
            ZG_CHECK(zfs.bookmark(
                name, fmt::format("{}#{}", dataset.name, bookmark_name(snapshot.guid))));
            changed = true;
        }
    }
    if (changed) {
        ZG_TRY(dataset, zfs.inspect(dataset.name, mark_property));
    }
    return {};
}

Result<void> prune_snapshots(Context& context, const zfs::Zfs& zfs, const std::string& dataset,
                             unsigned keep) {
    ZG_TRY(const zfs::Dataset now, zfs.inspect(dataset, mark_property));
    if (!now.has_bookmarks_feature) keep = std::max(keep, 1U);
    std::vector<std::string> own;
    for (const zfs::Snapshot& snapshot : now.snapshots) {
        if (is_own_snapshot(snapshot, context.archives.store_id))
            own.push_back(fmt::format("{}@{}", dataset, snapshot.name));
    }
    for (std::size_t i = 0; i + keep < own.size(); ++i)
        ZG_CHECK(destroy_when_free(context, zfs, own[i]));
    return {};
}

}  // namespace zg::ops
