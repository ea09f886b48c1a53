// The list of archives that `vault search` looks into. It is kept in passing: nothing that fails
// with it stops what was asked for.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "store/vault/book.hpp"
#include "vault_tools/inventory.hpp"
#include "vault_tools/transfer.hpp"

namespace zg::vault_tools {

/// Where the list lies, and whose vaults are meant. References outlive it.
struct BookPlace {
    std::string state_dir;  ///< empty: as prepare_state_dir() has it
    std::string region;
    std::string account = "-";
    std::string profile{};
    Log& log;
};

/// Each tells what fails as a warning.
void note_upload(const BookPlace& place, const VaultUpload& upload, const VaultArchive& archive,
                 const std::string& file, TimePoint now);
void note_inventory(const BookPlace& place, const std::string& vault, const VaultListing& listing);
void note_removed(const BookPlace& place, const std::string& vault,
                  const std::vector<std::string>& archives, TimePoint now);

struct Search {
    std::vector<store::BookEntry> entries;
    std::vector<store::BookInventory> vaults;  ///< that were searched
};
Result<Search> search_archives(const std::string& state_dir, const store::BookQuery& query);

/// What an archive is called: the name of what a store of zglacier's keeps in it, or its
/// description.
std::string shown_description(const std::string& description);

}  // namespace zg::vault_tools
