// The content of a vault, by its inventory and by this machine's list of archives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

struct InventoryRequest {
    std::string vault;
    bool refresh = false;     ///< request a new one, unless one was made within the last hour
    std::string topic{};      ///< to notify, by name or ARN; may be empty
    std::string state_dir{};  ///< for the list of archives, which is updated from the inventory
};

struct ArchiveInfo {
    std::string id;
    std::string description;
    TimePoint created{};
    std::uint64_t size = 0;  ///< bytes
    std::string tree_hash;   ///< hexadecimal
};

struct InventoryReport {
    TimePoint date{};  ///< its date: later uploads are not in it
    std::vector<ArchiveInfo> archives{};
};

/// The newest inventory that was requested and is ready. If there is none, requests it and fails
/// with cold, with a hint when to retry.
Result<InventoryReport> read_inventory(const VaultService& service,
                                       const InventoryRequest& request);

/// What to search for; what is empty matches everything. Texts match any part, in any case.
struct ArchiveQuery {
    std::string region{};
    std::string vault{};
    std::string file{};  ///< the file's name; the description if no name is known
    std::string description{};
    std::string text{};  ///< any of the two, or the archive's id
};

struct FoundArchive {
    std::string vault;
    std::string region;
    std::string archive;  ///< its id
    std::uint64_t size = 0;
    TimePoint created{};
    std::string tree_hash;  ///< hexadecimal
    std::string description;
    std::optional<std::string>
        object{};        ///< if the archive belongs to a store of zglacier's: the object in it
    std::string file{};  ///< the file, if it was uploaded from this machine
};

struct KnownVault {
    std::string name;
    std::string region;
    std::optional<TimePoint> inventory{};  ///< the newest in the list of archives
};

struct SearchReport {
    std::vector<FoundArchive> archives{};
    std::vector<KnownVault> vaults{};  ///< that were searched
};

/// Searches the list of archives in `state_dir`, without the service.
Result<SearchReport> search_archives(const Environment& environment, const std::string& state_dir,
                                     const ArchiveQuery& query);

}  // namespace zg::vault_tools
