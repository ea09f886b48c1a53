#include "archive/store_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/object_names.hpp"
#include "catalog/record.hpp"

namespace zg::archive {

namespace {

bool is_early_manifest(const store::Entry& object) {
    return catalog::parse_object_name(object.name).kind == catalog::ObjectKind::early_manifest;
}

std::unexpected<Error> no_record(store::Store& store) {
    ZG_CHECK(check_not_early(store));
    for (const std::string_view prefix : catalog::object_prefixes) {
        const auto objects = store.list(prefix);
        if (!objects || objects->empty()) continue;
        return fail(
            {.kind = ErrorKind::damage,
             .what =
                 fmt::format("{} is gone, though there are archives", catalog::store_record_name),
             .where = store.url(),
             .hint = "copy it back from another copy of the store; or `zglacier init`, with the "
                     "same --recipient as before, makes a new one and keeps the archives"});
    }
    return fail(
        {.kind = ErrorKind::usage,
         .what = fmt::format("there is no zglacier store here (no {})", catalog::store_record_name),
         .where = store.url(),
         .hint = "is the URL right (bucket and prefix, or folder), is the disk mounted? "
                 "`zglacier init --store URL` makes a new store"});
}

}  // namespace

Result<void> check_not_early(store::Store& store) {
    ZG_TRY(const std::vector<store::Entry> objects, store.list(catalog::segments_prefix));
    if (std::ranges::none_of(objects, is_early_manifest)) return {};
    return fail(catalog::early_build_error(store.url()));
}

Result<catalog::StoreRecord> init_store(store::Store& store, catalog::StoreRecord record) {
    auto made = store.put_new(catalog::store_record_name, as_bytes(catalog::to_json(record)));
    if (!made && made.error().kind == ErrorKind::conflict) {
        return fail({.kind = ErrorKind::conflict,
                     .what = "this is a zglacier store already",
                     .where = store.url(),
                     .hint = "nothing needs to be done: continue with `zglacier backup`"});
    }
    if (!made) return fail(std::move(made.error()));
    return record;
}

Result<catalog::StoreRecord> read_store_record(store::Store& store) {
    auto text = store.get(catalog::store_record_name);
    if (!text && text.error().kind == ErrorKind::not_found) return no_record(store);
    if (!text) return fail(std::move(text.error()));
    auto record = catalog::parse_store_record(*text);
    if (record) return record;
    Error error = std::move(record.error());
    error.where = fmt::format("{}: {}", store.url(), catalog::store_record_name);
    if (error.kind == ErrorKind::damage)
        error.hint = fmt::format(
            "the archives may still be whole: copy {} back from another copy of the store; or move "
            "it away and make a new one with `zglacier init`, with the same --recipient as before: "
            "the archives are kept",
            catalog::store_record_name);
    return fail(std::move(error));
}

}  // namespace zg::archive
