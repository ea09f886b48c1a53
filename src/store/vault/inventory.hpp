// A vault's inventory: what Amazon says is in it, as of a time up to a day ago.
#pragma once

#include <string>
#include <vector>

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

/// From the JSON of an inventory job; damage where it is none. Source: Amazon S3 Glacier Developer
/// Guide, "Get Job Output", response body.
Result<Inventory> parse_inventory(Bytes json);

/// What taking in an inventory has changed.
struct Merge {
    std::size_t added = 0;          ///< objects that the index did not know
    std::vector<std::string> lost;  ///< names of objects whose archives are gone from the vault
    /// archives of ours that belong to no object: replaced or half written
    std::vector<InventoryArchive> strays;
    std::vector<InventoryArchive> foreign;  ///< archives that zglacier did not write
};

/// Takes the inventory into the index. What was written or removed from here later than it is as
/// the index has it. Hold the index meanwhile.
Result<Merge> merge(VaultIndex& index, const Inventory& inventory, TimePoint now);

}  // namespace zg::store
