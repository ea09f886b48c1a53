// What a store holds, as one run sees it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/engine.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/tombstone.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// A manifest that is there but cannot be read.
struct UnreadableManifest {
    std::string archive_id;
    Error error;
};

/// An archive that was removed on purpose, and of which objects are left in the store.
struct Removal {
    catalog::Tombstone tombstone;
    /// the objects that are left, in the order in which they must be removed: manifest, index,
    /// segments
    std::vector<std::string> leftovers;

    /// "archive ID, removed on 2026-11-27 (RULE)".
    [[nodiscard]] std::string title() const;
    /// The same as a sentence: what is left of it, and what removes that.
    [[nodiscard]] std::string report() const;
};

/// A tombstone that removes nothing: it cannot be read, or another archive needs this one.
struct IdleTombstone {
    std::string archive_id;
    std::string reason;   ///< a sentence that names the archive
    bool damage = false;  ///< it cannot be read
};

struct ArchiveView {
    std::vector<catalog::Manifest> archives;  ///< by id, the oldest first
    std::vector<UnreadableManifest> unreadable;
    std::vector<store::Entry> objects;  ///< all objects except the store's record
    std::set<std::string> committed;  ///< ids with a manifest, readable or not, or one that is lost
    /// ids of those of `archives` whose manifest is gone from the store, though their segments are
    /// there: it is the catalog's copy
    std::set<std::string> lost;
    /// ids with a tombstone that is in effect: none of these is in `archives` or committed
    std::set<std::string> removed;
    std::vector<Removal> removals;  ///< those of `removed` with objects left, newest first
    std::vector<IdleTombstone> idle_tombstones;

    /// True if `object` belongs to an archive that has no manifest: the leftover of an interrupted
    /// run, or of one that is running elsewhere. False for what a removal has left.
    [[nodiscard]] bool is_orphan(const store::Entry& object) const;
    /// True if the archive has a tombstone, whether it is in effect or not.
    [[nodiscard]] bool has_tombstone(const std::string& archive_id) const;
};

/// Lists the store and brings the catalog in line with it: reads manifests that it lacks, forgets
/// those that are gone. Logs a warning for lost manifests, for tombstones without effect, and if
/// the catalog cannot be written, which does not affect the view. Names of encrypted archives are
/// known if the catalog has them or a key of the engine opens them. unsupported if an archive is
/// from before format 1.
Result<ArchiveView> load_archives(const Engine& engine);

/// Writes manifests that the store has lost into it again, from the catalog's copy.
Result<void> put_back_manifests(const Engine& engine, ArchiveView& view);

/// Why a chain cannot be restored whose base is in no archive of the view: damage that names what
/// may have held it (manifests that cannot be read, segments without one), else `error` as it is.
Error explain_missing_base(const ArchiveView& view, Error error);

/// Reads every manifest from the store, without the catalog. Logs nothing.
Result<ArchiveView> read_all_manifests(const Archives& archives);

/// Reads every manifest from the store and rebuilds the catalog from them.
Result<ArchiveView> rebuild_catalog(const Engine& engine);

}  // namespace zg::archive
