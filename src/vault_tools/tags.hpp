// A vault's tags, and how much may be retrieved from all vaults.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

using Tags = std::map<std::string, std::string>;  ///< values by name

Result<Tags> list_tags(const VaultService& service, const std::string& vault);
/// Sets tags, given as "NAME=VALUE", and returns them; others stay. usage if one is anything else.
Result<Tags> set_tags(const VaultService& service, const std::string& vault,
                      const std::vector<std::string>& tags);
/// It is not an error if the vault does not have one of them.
Result<void> remove_tags(const VaultService& service, const std::string& vault,
                         const std::vector<std::string>& names);

/// How much may be retrieved from all of the account's vaults in the region.
struct RetrievalLimit {
    std::string strategy = "None";  ///< "BytesPerHour", "FreeTier", "None"
    std::optional<std::uint64_t> bytes_per_hour{};
};

Result<RetrievalLimit> retrieval_limit(const VaultService& service);
/// Sets the limit, given as "free-tier", "none", or bytes an hour: "1GiB". Returns it. usage if it
/// is anything else.
Result<RetrievalLimit> set_retrieval_limit(const VaultService& service, const std::string& limit);

/// "10.0 GiB an hour"
std::string retrieval_limit_text(const RetrievalLimit& limit);

}  // namespace zg::vault_tools
