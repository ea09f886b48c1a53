// A vault's newest inventory, requested if there is none.
#pragma once

#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "store/vault/inventory.hpp"

namespace zg::vault_tools {

/// The newest inventory that was requested and is ready. If there is none, or `refresh` is set and
/// none was requested within the last hour, it requests one and gives cold, saying when to come
/// back; `topic`, if it is not empty, is notified when it is done.
Result<store::Inventory> list_vault(aws::Glacier& glacier, const std::string& vault, bool refresh,
                                    const std::string& topic, Clock& clock);

}  // namespace zg::vault_tools
