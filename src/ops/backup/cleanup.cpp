#include "ops/backup/cleanup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "archive/write/archive_writer.hpp"
#include "catalog/archive_id.hpp"

namespace zg::ops {

namespace {

constexpr std::string_view own_prefix = "zglacier-";
constexpr int busy_attempts = 50;
constexpr std::chrono::milliseconds busy_pause{100};

/// Removes the unfinished archives of this host and dataset from the store.
Result<void> clean_store(Context& context, archive::ArchiveView& view, const std::string& tag,
                         const std::string& keep) {
    std::set<std::string> unfinished;
    ZG_TRY(const std::vector<store::Upload> uploads, context.archives.store.uploads("archives/"));
    for (const store::Upload& upload : uploads) {
        const std::string id = archive::archive_id_of(upload.name);
        if (id.empty() || catalog::tag_of(id) != tag) continue;
        // An upload whose start was confirmed too late was started a second time: the first is left
        // over although the archive is complete.
        if (view.committed.contains(id) || id == keep)
            ZG_CHECK(context.archives.store.abort(upload));
        else
            unfinished.insert(id);
    }
    for (const store::Entry& object : view.objects) {
        const std::string id = archive::archive_id_of(object.name);
        if (view.is_orphan(object) && catalog::tag_of(id) == tag && id != keep)
            unfinished.insert(id);
    }
    for (const std::string& id : unfinished) {
        context.world.log.info(
            fmt::format("removing archive {}, which an earlier run did not finish", id));
        ZG_CHECK(archive::ArchiveWriter(context, id).abandon());
    }
    std::erase_if(view.objects, [&](const store::Entry& object) {
        return view.is_orphan(object) && unfinished.contains(archive::archive_id_of(object.name));
    });
    return {};
}

}  // namespace

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
    ZG_CHECK(clean_store(context, view, tag_for(context, dataset.name), keep.archive_id));
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
                fmt::format("destroying {}, which an earlier run took but did not store", name));
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
