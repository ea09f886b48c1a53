#include "job/archive_view.hpp"

#include <fmt/format.h>

#include <map>

#include "catalog/archive_id.hpp"

namespace zg::job {

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
        return located({.kind = ErrorKind::damage, .what = fmt::format("it describes another archive, {}", manifest->archive_id)});
    return manifest;
}

bool belongs_to_manifest(ErrorKind kind) { return kind == ErrorKind::damage || kind == ErrorKind::unsupported; }

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
Result<void> add_from_store(store::Store& store, const std::string& id, ArchiveView& view) {
    auto manifest = read_manifest(store, id);
    if (manifest) {
        view.archives.push_back(std::move(*manifest));
        return {};
    }
    if (!belongs_to_manifest(manifest.error().kind)) return fail(std::move(manifest.error()));
    view.unreadable.push_back({id, std::move(manifest.error())});
    return {};
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

Result<ArchiveView> look_at_store(Context& context) {
    ZG_TRY(ArchiveView view, list_store(context.store));
    std::map<std::string, catalog::Manifest> known;
    if (auto rows = context.catalog.archives(); rows) {
        for (catalog::Manifest& manifest : *rows) known.emplace(manifest.archive_id, std::move(manifest));
    } else {
        context.log.warning(rows.error().message() + "; going by the store");
    }
    Result<void> noted;
    for (const std::string& id : view.committed) {
        // What is not proved yet may have been since, from another machine.
        if (const auto found = known.find(id); found != known.end() && found->second.proved()) {
            view.archives.push_back(std::move(found->second));
            known.erase(found);
            continue;
        }
        known.erase(id);
        const std::size_t before = view.archives.size();
        ZG_CHECK(add_from_store(context.store, id, view));
        if (noted && view.archives.size() > before) noted = context.catalog.put(view.archives.back());
    }
    for (const auto& [id, manifest] : known) {
        if (noted) noted = context.catalog.remove(id);
    }
    if (!noted) {
        context.log.warning(noted.error().message() + "; going by the store");
        if (!noted.error().hint.empty()) context.log.hint(noted.error().hint);
    }
    return view;
}

Result<ArchiveView> read_all_manifests(store::Store& store) {
    ZG_TRY(ArchiveView view, list_store(store));
    for (const std::string& id : view.committed) ZG_CHECK(add_from_store(store, id, view));
    return view;
}

Result<ArchiveView> rebuild_catalog(Context& context) {
    ZG_TRY(ArchiveView view, read_all_manifests(context.store));
    ZG_CHECK(context.catalog.clear());
    for (const catalog::Manifest& manifest : view.archives) ZG_CHECK(context.catalog.put(manifest));
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

Result<catalog::StoreRecord> read_store_record(store::Store& store) {
    auto text = store.get(catalog::store_record_name);
    if (!text && text.error().kind == ErrorKind::not_found)
        return fail({.kind = ErrorKind::usage,
                     .what = "there is no zglacier store here (no zglacier.json)",
                     .where = store.url(),
                     .hint = "is the URL right (bucket and prefix, or folder), is the disk mounted? A new store is made with `zglacier init --store URL`"});
    if (!text) return fail(std::move(text.error()));
    auto record = catalog::parse_store_record(*text);
    if (!record) {
        record.error().where = fmt::format("{}: {}", store.url(), catalog::store_record_name);
        record.error().hint = "the archives may still be whole: copy zglacier.json back from another copy of the store";
        return fail(std::move(record.error()));
    }
    return record;
}

}  // namespace zg::job
