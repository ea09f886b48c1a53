// What is in a vault, for people.
#pragma once

#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "store/vault/inventory.hpp"

namespace zg::vault_tools {

using VaultEntry = store::InventoryArchive;
using VaultListing = store::Inventory;

/// The newest inventory that was asked for and is there. Where there is none, or `refresh` is set
/// and none was asked for within the last hour, it asks for one and gives cold, saying when to come
/// back; `topic`, where it is given, is told when it is done.
Result<VaultListing> list_vault(aws::Glacier& glacier, const std::string& vault, bool refresh,
                                const std::string& topic, Clock& clock);

}  // namespace zg::vault_tools
