// What this machine knows of single archives in vaults: those that were uploaded from here, and
// those that inventories told of. For people who look for one; what a store knows of its vault is
// in its VaultIndex.
#pragma once

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
    std::string account = "-";  ///< "-": that of the credentials
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
    std::string file{};  ///< what was uploaded, where it was from here
    bool operator==(const BookEntry&) const = default;
};

/// What to look for; what is empty may be anything. Texts are found anywhere within, without regard
/// to case.
struct BookQuery {
    std::string region{};
    std::string account{};
    std::string vault{};
    std::string file{};  ///< in the name of the file; where it is not known, in the description
    std::string description{};
    std::string text{};  ///< in any of the two, or in the archive's id
};

/// A vault that something is known of.
struct BookInventory {
    BookVault vault;
    std::optional<TimePoint> date{};  ///< when the newest inventory was made that was taken in
    std::uint64_t archives = 0;
};

/// A SQLite database, one for all vaults. Any number of threads and processes.
class VaultBook {
  public:
    /// Opens the book `file`; makes it, and its folder, where it is missing. One that is broken is
    /// moved aside (to "….broken"): inventories tell it again.
    static Result<std::unique_ptr<VaultBook>> open(const std::string& file);
    ~VaultBook();
    VaultBook(const VaultBook&) = delete;
    VaultBook& operator=(const VaultBook&) = delete;

    /// Adds an archive that was uploaded.
    Result<void> note(const BookEntry& entry);
    /// Takes out archives that were removed, so that no older inventory brings them back.
    Result<void> note_removed(const BookVault& vault, const std::vector<std::string>& archives,
                              TimePoint now);
    /// Takes in an inventory: what it has not got is gone, but for what was uploaded too late to be
    /// in it. An older one than it knows changes nothing.
    Result<void> take(const BookVault& vault, const Inventory& inventory);

    /// By vault, then the oldest first. An archive that is known by two accounts' names is one.
    Result<std::vector<BookEntry>> find(const BookQuery& query);
    /// The vaults that fit region, account and vault of the query.
    Result<std::vector<BookInventory>> inventories(const BookQuery& query);

  private:
    explicit VaultBook(std::unique_ptr<sql::OwnFile> file);

    std::unique_ptr<sql::OwnFile> file_;
};

}  // namespace zg::store
