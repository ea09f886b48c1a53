#include "vault_tools/inventory.hpp"

#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/vault/book.hpp"
#include "store/vault/inventory.hpp"
#include "vault_tools/internal/book.hpp"
#include "vault_tools/internal/listing.hpp"
#include "vault_tools/internal/notify.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

Result<InventoryReport> read_inventory(const VaultService& service,
                                       const InventoryRequest& request) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::string topic, topic_to_notify(vaults->sns(), request.topic));
    ZG_TRY(
        const store::Inventory inventory,
        list_vault(vaults->glacier(), request.vault, request.refresh, topic, service.world.clock));
    note_inventory(book_place(*vaults, service, request.state_dir), request.vault, inventory);
    InventoryReport report{.date = inventory.date};
    for (const store::InventoryArchive& archive : inventory.archives)
        report.archives.push_back({.id = archive.id,
                                   .description = archive.description,
                                   .created = archive.created,
                                   .size = archive.size,
                                   .tree_hash = archive.tree_hash.hex()});
    return report;
}

Result<SearchReport> search_archives(const Environment& environment, const std::string& state_dir,
                                     const ArchiveQuery& query) {
    ZG_TRY(const auto book, open_book(environment, state_dir));
    const store::BookQuery wanted{.region = query.region,
                                  .vault = query.vault,
                                  .file = query.file,
                                  .description = query.description,
                                  .text = query.text};
    ZG_TRY(const std::vector<store::BookEntry> entries, book->find(wanted));
    ZG_TRY(const std::vector<store::BookInventory> inventories, book->inventories(wanted));
    SearchReport report;
    for (const store::BookEntry& entry : entries)
        report.archives.push_back({.vault = entry.vault.name,
                                   .region = entry.vault.region,
                                   .archive = entry.archive,
                                   .size = entry.size,
                                   .created = entry.created,
                                   .tree_hash = entry.tree_hash.hex(),
                                   .description = entry.description,
                                   .object = object_in(entry.description),
                                   .file = entry.file});
    for (const store::BookInventory& one : inventories)
        report.vaults.push_back(
            {.name = one.vault.name, .region = one.vault.region, .inventory = one.date});
    return report;
}

}  // namespace zg::vault_tools
