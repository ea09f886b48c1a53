#include "archive/archive_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "archive/encryption.hpp"
#include "catalog/archive_id.hpp"

namespace zg::archive {

namespace {

constexpr std::string_view archives_prefix = "archives/";

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

/// Opens the names where a key is at hand that fits. What is sealed for others stays closed.
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
    ZG_TRY(view.objects, store.list(archives_prefix));
    for (const store::Entry& object : view.objects) {
        const std::string id = archive_id_of(object.name);
        if (!id.empty() && object.name == catalog::manifest_name(id)) view.committed.insert(id);
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

/// Archives that the catalog has, and the store no manifest of: forgotten where nothing of them is
/// left, else gone by.
Result<void> settle_missing(const Engine& engine,
                            const std::map<std::string, catalog::Manifest>& missing,
                            ArchiveView& view) {
    Result<void> noted;
    for (const auto& [id, manifest] : missing) {
        const bool has_segments = std::ranges::any_of(
            view.objects,
            [&](const store::Entry& object) { return archive_id_of(object.name) == id; });
        if (!has_segments) {
            if (noted) noted = engine.archives.catalog.remove(id);
            continue;
        }
        engine.world.log.warning(
            fmt::format("{} is gone from the store, though the archive's segments are there: going "
                        "by the catalog's copy",
                        catalog::manifest_name(id)));
        engine.world.log.hint(
            "the next backup from this machine puts it back; other machines cannot restore the "
            "archive until then");
        view.archives.push_back(manifest);
        view.committed.insert(id);
        view.lost.insert(id);
    }
    std::ranges::sort(view.archives, {}, &catalog::Manifest::archive_id);
    return noted;
}

}  // namespace

std::string archive_id_of(std::string_view object_name) {
    if (!object_name.starts_with(archives_prefix)) return {};
    const std::string_view rest = object_name.substr(archives_prefix.size());
    const std::string_view id = rest.substr(0, rest.find('/'));
    return catalog::is_archive_id(id) ? std::string(id) : std::string{};
}

bool ArchiveView::is_orphan(const store::Entry& object) const {
    const std::string id = archive_id_of(object.name);
    return !id.empty() && !committed.contains(id);
}

Result<ArchiveView> load_archives(const Engine& engine) {
    ZG_TRY(ArchiveView view, list_store(engine.archives.store));
    std::map<std::string, catalog::Manifest> known;
    if (auto rows = engine.archives.catalog.archives(); rows) {
        for (catalog::Manifest& manifest : *rows)
            known.emplace(manifest.archive_id, std::move(manifest));
    } else {
        engine.world.log.warning(rows.error().message() + "; going by the store");
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
    auto settled = settle_missing(engine, known, view);
    if (noted) noted = std::move(settled);
    if (!noted) {
        engine.world.log.warning(noted.error().message() + "; going by the store");
        if (!noted.error().hint.empty()) engine.world.log.hint(noted.error().hint);
    }
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
            suspects.insert(
                fmt::format("archives/{}: it has no manifest", archive_id_of(object.name)));
    }
    if (suspects.empty()) return error;
    error.kind = ErrorKind::damage;
    error.what +=
        fmt::format("; it may be in one that cannot be read: {}", fmt::join(suspects, "; "));
    error.hint =
        "bring manifest.json back from another copy of the store, or run `zglacier backup` on the "
        "machine that made the archives: its catalog has a copy. Or restore an older snapshot (see "
        "`zglacier list`)";
    return error;
}

Result<ArchiveView> read_all_manifests(const Archives& archives) {
    ZG_TRY(ArchiveView view, list_store(archives.store));
    for (const std::string& id : view.committed) ZG_CHECK(add_from_store(archives, id, view));
    return view;
}

Result<ArchiveView> rebuild_catalog(const Engine& engine) {
    ZG_TRY(ArchiveView view, read_all_manifests(engine.archives));
    ZG_CHECK(engine.archives.catalog.clear());
    for (const catalog::Manifest& manifest : view.archives)
        ZG_CHECK(engine.archives.catalog.put(manifest));
    return view;
}

Result<catalog::StoreRecord> init_store(store::Store& store, catalog::StoreRecord record) {
    auto made = store.put_new(catalog::store_record_name, as_bytes(catalog::to_json(record)));
    if (!made && made.error().kind == ErrorKind::conflict) {
        return fail({.kind = ErrorKind::conflict,
                     .what = "this is a zglacier store already",
                     .where = store.url(),
                     .hint = "nothing needs to be done: go on with `zglacier backup`"});
    }
    if (!made) return fail(std::move(made.error()));
    return record;
}

namespace {

std::unexpected<Error> no_record(store::Store& store) {
    const auto objects = store.list(archives_prefix);
    if (!objects || objects->empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "there is no zglacier store here (no zglacier.json)",
                     .where = store.url(),
                     .hint = "is the URL right (bucket and prefix, or folder), is the disk "
                             "mounted? A new store is made with `zglacier init --store URL`"});
    return fail({.kind = ErrorKind::damage,
                 .what = "zglacier.json is gone, though there are archives",
                 .where = store.url(),
                 .hint = "copy it back from another copy of the store; or `zglacier init`, with "
                         "the same --recipient as before, makes a new one and keeps the archives"});
}

}  // namespace

Result<catalog::StoreRecord> read_store_record(store::Store& store) {
    auto text = store.get(catalog::store_record_name);
    if (!text && text.error().kind == ErrorKind::not_found) return no_record(store);
    if (!text) return fail(std::move(text.error()));
    auto record = catalog::parse_store_record(*text);
    if (!record) {
        record.error().where = fmt::format("{}: {}", store.url(), catalog::store_record_name);
        record.error().hint =
            "the archives may still be whole: copy zglacier.json back from another copy of the "
            "store; or move it away and make a new one with `zglacier init`, with the same "
            "--recipient "
            "as before: the archives are kept";
        return fail(std::move(record.error()));
    }
    return record;
}

}  // namespace zg::archive
