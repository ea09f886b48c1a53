#include "archive/write/archive_writer.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "archive/write/checked_input.hpp"
#include "archive/write/put_stream.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "store/store.hpp"

namespace zg::archive {

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
    ZG_TRY(const std::vector<store::Upload> uploads,
           store.uploads(catalog::segments_of(archive_id_)));
    for (const store::Upload& upload : uploads) ZG_CHECK(store.abort(upload));
    return {};
}

Result<bool> ArchiveWriter::abandon() {
    store::Store& store = engine_.archives.store;
    ZG_CHECK(stop());
    // The last look before anything is removed: a manifest means that the archive is committed.
    const std::string manifest = catalog::manifest_name(archive_id_);
    ZG_TRY(const std::vector<store::Entry> manifests, store.list(manifest));
    if (std::ranges::find(manifests, manifest, &store::Entry::name) != manifests.end())
        return false;
    for (const std::string& prefix :
         {catalog::indexes_of(archive_id_), catalog::segments_of(archive_id_)}) {
        ZG_TRY(const std::vector<store::Entry> objects, store.list(prefix));
        for (const store::Entry& object : objects) ZG_CHECK(store.remove(object.name));
    }
    return true;
}

}  // namespace zg::archive
