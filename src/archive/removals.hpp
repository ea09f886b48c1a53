// Which tombstones are in effect.
#pragma once

#include <map>
#include <string>

#include "archive/archive_view.hpp"

namespace zg::archive {

/// Reads the tombstones of archives with objects left in the store, and takes those archives out of
/// `view`, unless another archive that stays builds on one: a chain is never broken. An archive
/// whose tombstone has no effect stays, as if it had none.
/// `halfway`: archives with segments and a tombstone whose manifest is gone, from the catalog.
/// Those whose tombstone has no effect are left in it.
Result<void> apply_tombstones(store::Store& store, ArchiveView& view,
                              std::map<std::string, catalog::Manifest>& halfway);

}  // namespace zg::archive
