#include "archive/archive_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "archive/encryption.hpp"
#include "archive/engine.hpp"
#include "archive/removals.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "catalog/record.hpp"
#include "store/store.hpp"

namespace zg::archive {

namespace {

using catalog::ObjectKind;

Result<catalog::Manifest> read_manifest(store::Store& store, const std::string& archive_id) {
    const std::string name = catalog::manifest_name(archive_id);
    const auto located = [&](Error error) {
        error.where = error.where.empty() ? name : name + ": " + error.where;
        return fail(std::move(error));
    };
    ZG_TRY(const Buffer text, store.get(name));
    auto manifest = catalog::parse_manifest(text);
    if (!manifest) return located(std::move(manifest.error()));
    if (manifest->archive_id != archive_id)
        return located(
            {.kind = ErrorKind::damage,
             .what = fmt::format("it describes another archive, {}", manifest->archive_id)});
    return manifest;
}

/// Opens the names if one of the given keys fits. What is sealed for others stays closed.
Result<void> open_if_possible(const Archives& archives, catalog::Manifest& manifest) {
    if (manifest.opened || (archives.keys.identities.empty() && !archives.keys.passphrase))
        return {};
    auto opened = open_names(manifest, archives.keys);
    if (opened || opened.error().kind == ErrorKind::refused) return {};
    opened.error().where = catalog::manifest_name(manifest.archive_id);
    return opened;
}

bool belongs_to_manifest(ErrorKind kind) {
    return kind == ErrorKind::damage || kind == ErrorKind::unsupported;
}

/// The listing and the ids of the committed archives.
Result<ArchiveView> list_store(store::Store& store) {
    ArchiveView view;
    for (const std::string_view prefix : catalog::object_prefixes) {
        ZG_TRY(std::vector<store::Entry> objects, store.list(prefix));
        std::ranges::move(objects, std::back_inserter(view.objects));
    }
    for (const store::Entry& object : view.objects) {
        const auto [kind, id] = catalog::parse_object_name(object.name);
        if (kind == ObjectKind::early_manifest)
            return fail(catalog::early_build_error(store.url()));
        if (kind == ObjectKind::manifest) view.committed.insert(id);
    }
    return view;
}

/// Adds the archive to the view, from the store.
Result<void> add_from_store(const Archives& archives, const std::string& id, ArchiveView& view) {
    auto manifest = read_manifest(archives.store, id);
    if (manifest) {
        if (auto opened = open_if_possible(archives, *manifest); !opened)
            manifest = fail(std::move(opened.error()));
    }
    if (manifest) {
        view.archives.push_back(std::move(*manifest));
        return {};
    }
    if (!belongs_to_manifest(manifest.error().kind)) return fail(std::move(manifest.error()));
    view.unreadable.push_back({id, std::move(manifest.error())});
    return {};
}

/// `missing`: archives of the catalog whose manifest is not in the store. Leaves those with
/// segments in the store; the catalog forgets the others.
Result<void> forget_missing(const Engine& engine, const ArchiveView& view,
                            std::map<std::string, catalog::Manifest>& missing) {
    std::set<std::string> with_segments;
    for (const store::Entry& object : view.objects) {
        auto [kind, id] = catalog::parse_object_name(object.name);
        if (kind == ObjectKind::segment) with_segments.insert(std::move(id));
    }
    Result<void> noted;
    std::erase_if(missing, [&](const auto& archive) {
        const bool gone = !with_segments.contains(archive.first);
        if (gone && noted) noted = engine.archives.catalog.remove(archive.first);
        return gone;
    });
    return noted;
}

/// Uses the catalog's copy of manifests that are gone.
void add_lost(const Engine& engine, const std::map<std::string, catalog::Manifest>& lost,
              ArchiveView& view) {
    for (const auto& [id, manifest] : lost) {
        engine.world.log.warning(
            fmt::format("{} is gone from the store, though the archive's segments are there: using "
                        "the catalog's copy",
                        catalog::manifest_name(id)));
        engine.world.log.hint(
            "the next backup from this machine puts it back; other machines cannot restore the "
            "archive until then");
        view.archives.push_back(manifest);
        view.committed.insert(id);
        view.lost.insert(id);
    }
}

}  // namespace

bool ArchiveView::is_orphan(const store::Entry& object) const {
    const auto [kind, id] = catalog::parse_object_name(object.name);
    const bool is_content =
        kind == ObjectKind::segment || kind == ObjectKind::index || kind == ObjectKind::unknown;
    return is_content && !id.empty() && !committed.contains(id) && !removed.contains(id);
}

bool ArchiveView::has_tombstone(const std::string& archive_id) const {
    return removed.contains(archive_id) ||
           std::ranges::find(idle_tombstones, archive_id, &IdleTombstone::archive_id) !=
               idle_tombstones.end();
}

Result<ArchiveView> load_archives(const Engine& engine) {
    ZG_TRY(ArchiveView view, list_store(engine.archives.store));
    std::map<std::string, catalog::Manifest> known;
    if (auto rows = engine.archives.catalog.archives(); rows) {
        for (catalog::Manifest& manifest : *rows)
            known.emplace(manifest.archive_id, std::move(manifest));
    } else {
        engine.world.log.warning(rows.error().message() + "; using the store alone");
    }
    Result<void> noted;
    for (const std::string& id : view.committed) {
        // What is not proved yet may have been since, from another machine.
        if (const auto found = known.find(id); found != known.end() && found->second.proved()) {
            catalog::Manifest manifest = std::move(found->second);
            known.erase(found);
            if (auto opened = open_if_possible(engine.archives, manifest); opened)
                view.archives.push_back(std::move(manifest));
            else if (belongs_to_manifest(opened.error().kind))
                view.unreadable.push_back({id, std::move(opened.error())});
            else
                return fail(std::move(opened.error()));
            continue;
        }
        known.erase(id);
        const std::size_t before = view.archives.size();
        ZG_CHECK(add_from_store(engine.archives, id, view));
        if (noted && view.archives.size() > before)
            noted = engine.archives.catalog.put(view.archives.back());
    }
    auto forgotten = forget_missing(engine, view, known);
    if (noted) noted = std::move(forgotten);
    if (!noted) {
        engine.world.log.warning(noted.error().message() + "; using the store alone");
        if (!noted.error().hint.empty()) engine.world.log.hint(noted.error().hint);
    }
    ZG_CHECK(apply_tombstones(engine.archives.store, view, known));
    for (const IdleTombstone& tombstone : view.idle_tombstones)
        engine.world.log.warning(tombstone.reason);
    add_lost(engine, known, view);
    std::ranges::sort(view.archives, {}, &catalog::Manifest::archive_id);
    return view;
}

Result<void> put_back_manifests(const Engine& engine, ArchiveView& view) {
    for (const std::string& id : view.lost) {
        const auto archive = std::ranges::find(view.archives, id, &catalog::Manifest::archive_id);
        ZG_CHECK(engine.archives.store.put_new(catalog::manifest_name(id),
                                               as_bytes(catalog::to_json(*archive))));
        engine.world.log.info(fmt::format("{} was put back", catalog::manifest_name(id)));
    }
    view.lost.clear();
    return {};
}

Error explain_missing_base(const ArchiveView& view, Error error) {
    std::set<std::string> suspects;
    for (const UnreadableManifest& manifest : view.unreadable)
        suspects.insert(manifest.error.message());
    for (const store::Entry& object : view.objects) {
        if (view.is_orphan(object))
            suspects.insert(fmt::format("archive {}: it has no manifest",
                                        catalog::parse_object_name(object.name).archive_id));
    }
    if (suspects.empty()) return error;
    error.kind = ErrorKind::damage;
    error.what +=
        fmt::format("; it may be in one that cannot be read: {}", fmt::join(suspects, "; "));
    error.hint =
        "copy the manifest back from another copy of the store, or run `zglacier backup` on the "
        "machine that made the archives: its catalog has a copy. Or restore an older snapshot (see "
        "`zglacier list`)";
    return error;
}

Result<ArchiveView> read_all_manifests(const Archives& archives) {
    ZG_TRY(ArchiveView view, list_store(archives.store));
    for (const std::string& id : view.committed) ZG_CHECK(add_from_store(archives, id, view));
    std::map<std::string, catalog::Manifest> halfway;
    ZG_CHECK(apply_tombstones(archives.store, view, halfway));
    return view;
}

Result<ArchiveView> rebuild_catalog(const Engine& engine) {
    ZG_TRY(ArchiveView view, read_all_manifests(engine.archives));
    ZG_CHECK(engine.archives.catalog.clear());
    for (const catalog::Manifest& manifest : view.archives)
        ZG_CHECK(engine.archives.catalog.put(manifest));
    return view;
}

}  // namespace zg::archive
