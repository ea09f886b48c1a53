// This machine's list of archives in vaults: those uploaded from here, and those in inventories.
// For users who search for an archive; a store's own knowledge of its vault is in its VaultIndex.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/vault/inventory.hpp"

namespace zg::sql {
class OwnFile;
}

namespace zg::store {

struct BookVault {
    std::string region;
    std::string account = "-";  ///< "-": the account of the credentials
    std::string name;
    bool operator==(const BookVault&) const = default;
};

struct BookEntry {
    BookVault vault;
    std::string archive;  ///< its id
    std::uint64_t size = 0;
    TimePoint created{};
    codec::Sha256Digest tree_hash{};
    std::string description{};
    std::string file{};  ///< the uploaded file, if it was uploaded from here
    bool operator==(const BookEntry&) const = default;
};

/// What to search for; what is empty matches everything. Texts match any part, in any case.
struct BookQuery {
    std::string region{};
    std::string account{};
    std::string vault{};
    std::string file{};  ///< in the file's name; in the description if no name is known
    std::string description{};
    std::string text{};  ///< in either of the two, or in the archive's id
};

/// A vault in the list.
struct BookInventory {
    BookVault vault;
    std::optional<TimePoint> date{};  ///< date of the newest inventory in the list
    std::uint64_t archives = 0;
};

/// A SQLite database, one for all vaults. Any number of threads and processes.
class VaultBook {
  public:
    /// Opens the book `file`; creates it, and its folder, if it is missing. A broken one is moved
    /// aside (to "….broken"); inventories fill the new one.
    static Result<std::unique_ptr<VaultBook>> open(const std::string& file);
    ~VaultBook();
    VaultBook(const VaultBook&) = delete;
    VaultBook& operator=(const VaultBook&) = delete;

    /// Adds an archive that was uploaded.
    Result<void> note(const BookEntry& entry);
    /// Removes archives that were removed from the vault, so that no older inventory brings them
    /// back.
    Result<void> note_removed(const BookVault& vault, const std::vector<std::string>& archives,
                              TimePoint now);
    /// Updates the vault's list from an inventory: an archive that is not in it is gone, unless it
    /// was uploaded too late to be in it. An inventory older than the last one changes nothing.
    Result<void> take(const BookVault& vault, const Inventory& inventory);

    /// Sorted by vault, then the oldest first. An archive that is known under two names of its
    /// account is returned once.
    Result<std::vector<BookEntry>> find(const BookQuery& query);
    /// The vaults that match the query's region, account and vault.
    Result<std::vector<BookInventory>> inventories(const BookQuery& query);

  private:
    explicit VaultBook(std::unique_ptr<sql::OwnFile> file);

    std::unique_ptr<sql::OwnFile> file_;
};

}  // namespace zg::store
