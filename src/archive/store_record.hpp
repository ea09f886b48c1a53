// The store's own record: written once, read by every run.
#pragma once

#include "base/result.hpp"
#include "catalog/store_record.hpp"
#include "store/store.hpp"

namespace zg::archive {

/// Writes the store's record; conflict if there is one.
Result<catalog::StoreRecord> init_store(store::Store& store, catalog::StoreRecord record);

/// Reads the store's record. usage, with a hint, if the store was never made or is not there;
/// damage if the record was changed, or is gone though the store has archives; unsupported if the
/// store was made by a build from before format 1, or by a newer one.
Result<catalog::StoreRecord> read_store_record(store::Store& store);

/// unsupported if `store`, which has no record, has archives from before format 1.
Result<void> check_not_early(store::Store& store);

}  // namespace zg::archive
