#include "archive/write/archive_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/archive_id.hpp"

namespace zg::archive {

std::string ArchiveWriter::prefix() const { return fmt::format("archives/{}/", archive_id_); }

Result<std::vector<catalog::Segment>> ArchiveWriter::add_segments(CheckedInput& input,
                                                                  const PutOptions& options) {
    return put_stream(engine_, archive_id_, input, options);
}

Result<void> ArchiveWriter::commit(const catalog::Manifest& manifest) {
    return engine_.archives.store.put_new(catalog::manifest_name(archive_id_),
                                          as_bytes(catalog::to_json(manifest)));
}

Result<void> ArchiveWriter::stop() {
    store::Store& store = engine_.archives.store;
    ZG_TRY(const std::vector<store::Upload> uploads, store.uploads(prefix()));
    for (const store::Upload& upload : uploads) ZG_CHECK(store.abort(upload));
    return {};
}

Result<bool> ArchiveWriter::abandon() {
    store::Store& store = engine_.archives.store;
    ZG_CHECK(stop());
    // The last look before anything is removed: a manifest means that the archive is committed.
    ZG_TRY(const std::vector<store::Entry> objects, store.list(prefix()));
    const std::string manifest = catalog::manifest_name(archive_id_);
    if (std::ranges::find(objects, manifest, &store::Entry::name) != objects.end()) return false;
    for (const store::Entry& object : objects) ZG_CHECK(store.remove(object.name));
    return true;
}

}  // namespace zg::archive
