// The list of archives that `vault search` searches. It is a by-product: an error in it is logged
// and stops nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "store/vault/book.hpp"
#include "store/vault/inventory.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/internal/transfer.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// Where the list is, and the account whose vaults it is about. References outlive it.
struct BookPlace {
    const Environment& environment;
    std::string state_dir;  ///< empty: as prepare_state_dir()
    std::string region;
    std::string account = "-";
    std::string profile{};
    Log& log;
};
BookPlace book_place(Vaults& vaults, const VaultService& service, const std::string& state_dir);

/// Each logs failures as warnings.
void note_upload(const BookPlace& place, const VaultUpload& upload, const VaultArchive& archive,
                 const std::string& file, TimePoint now);
void note_inventory(const BookPlace& place, const std::string& vault,
                    const store::Inventory& inventory);
void note_removed(const BookPlace& place, const std::string& vault,
                  const std::vector<std::string>& archives, TimePoint now);

/// Opens the list; creates it if it does not exist.
Result<std::unique_ptr<store::VaultBook>> open_book(const Environment& environment,
                                                    const std::string& state_dir);

/// The name of the object that a store of zglacier's keeps in an archive with this description;
/// nothing if the archive does not belong to a store.
std::optional<std::string> object_in(const std::string& description);

}  // namespace zg::vault_tools
