// A vault's newest inventory, requested if there is none.
#pragma once

#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/vault/inventory.hpp"

namespace zg::vault_tools {

/// The newest inventory that was requested and is ready. If there is none, or `refresh` is set and
/// none was requested within the last hour, requests one and fails with cold, with a hint when to
/// retry; `topic`, if it is not empty, is notified when the inventory is ready.
Result<store::Inventory> list_vault(aws::Glacier& glacier, const std::string& vault, bool refresh,
                                    const std::string& topic, Clock& clock);

}  // namespace zg::vault_tools
