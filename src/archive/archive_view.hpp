// What a store holds, as one run sees it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "archive/engine.hpp"

namespace zg::archive {

/// A manifest that is there but cannot be read.
struct UnreadableManifest {
    std::string archive_id;
    Error error;
};

struct ArchiveView {
    std::vector<catalog::Manifest> archives;  ///< by id, the oldest first
    std::vector<UnreadableManifest> unreadable;
    std::vector<store::Entry> objects;  ///< all objects below archives/
    std::set<std::string> committed;  ///< ids with a manifest, readable or not, or one that is lost
    /// ids of those of `archives` whose manifest is gone from the store, though their segments are
    /// there: it is the catalog's copy
    std::set<std::string> lost;

    /// True where `name` is an object of an archive that has no manifest: the rest of a run that
    /// did not end, or one under way elsewhere.
    [[nodiscard]] bool is_orphan(const store::Entry& object) const;
};

/// Lists the store and brings the catalog in line with it: reads manifests that it lacks, forgets
/// those that are gone. A catalog that cannot be written is told in the log and does no harm to the
/// view. Names of encrypted archives are known where the catalog knows them or a key of the engine
/// opens them.
Result<ArchiveView> load_archives(const Engine& engine);

/// Writes manifests that the store has lost into it again, from the catalog's copy.
Result<void> put_back_manifests(const Engine& engine, ArchiveView& view);

/// Why a chain cannot be restored whose base is in no archive of the view: damage that names what
/// may have held it (manifests that cannot be read, segments without one), else `error` as it is.
Error explain_missing_base(const ArchiveView& view, Error error);

/// Reads every manifest from the store, whatever the catalog says.
Result<ArchiveView> read_all_manifests(const Archives& archives);

/// Reads every manifest from the store and makes the catalog anew from them.
Result<ArchiveView> rebuild_catalog(const Engine& engine);

/// "20261123T020000Z-7f3a9c21" of "archives/20261123T020000Z-7f3a9c21/…"; empty for other names.
std::string archive_id_of(std::string_view object_name);

/// Writes the store's record; conflict where there is one.
Result<catalog::StoreRecord> init_store(store::Store& store, catalog::StoreRecord record);
/// Reads the store's record; usage, with a hint, where the store was never made or is not there;
/// damage where it was changed, or is gone and archives are there.
Result<catalog::StoreRecord> read_store_record(store::Store& store);

}  // namespace zg::archive
