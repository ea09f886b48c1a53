// A vault's inventory: Amazon's list of its content, up to a day old.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/vault/index.hpp"

namespace zg::store {

struct InventoryArchive {
    std::string id;
    std::string description;
    TimePoint created{};
    std::uint64_t size = 0;
    codec::Sha256Digest tree_hash{};
};

struct Inventory {
    std::string vault_arn;
    TimePoint date{};
    std::vector<InventoryArchive> archives;
};

/// Parses the JSON of an inventory job; damage if it is invalid. Source: Amazon S3 Glacier
/// Developer Guide, "Get Job Output", response body.
Result<Inventory> parse_inventory(Bytes json);

/// The changes made by merging an inventory.
struct Merge {
    std::size_t added = 0;          ///< objects that the index did not know
    std::vector<std::string> lost;  ///< names of objects whose archives are gone from the vault
    /// archives of ours that belong to no object: replaced, or partly written
    std::vector<InventoryArchive> strays;
    std::vector<InventoryArchive> foreign;  ///< archives that zglacier did not write
};

/// Merges the inventory into the index. Objects written or removed from here after its date stay as
/// in the index. The caller holds the index.
Result<Merge> merge(VaultIndex& index, const Inventory& inventory, TimePoint now);

}  // namespace zg::store
