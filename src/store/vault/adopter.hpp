// Archives in a vault that other programs wrote, taken in as segments of the store.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "store/open.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

/// Makes the archive the segment `name`: writes its mark into the vault, and both into the index.
/// conflict where the name exists already.
Result<void> adopt_archive(aws::Glacier& glacier, const std::string& vault, VaultIndex& index,
                           const InventoryArchive& archive, const std::string& name, TimePoint now);

/// Works beside the vault's store, on the same index. Any number of threads and processes.
class VaultAdopter {
  public:
    virtual ~VaultAdopter() = default;
    /// Tries again what fails in passing.
    [[nodiscard]] virtual aws::Glacier& glacier() = 0;
    [[nodiscard]] virtual const std::string& vault() const = 0;
    /// What has been adopted: Glacier's id to the segment's name.
    virtual Result<std::map<std::string, std::string>> adopted() = 0;
    /// Makes the archive the segment `name`, for every machine: by a mark, which is an archive of
    /// its own. Store::remove() of the segment takes the mark away again and leaves the archive.
    /// conflict where the name exists already.
    virtual Result<void> adopt(const InventoryArchive& archive, const std::string& name) = 0;
};

/// `options.vault` is not empty. References in `context` outlive it.
Result<std::unique_ptr<VaultAdopter>> open_vault_adopter(const VaultOptions& options,
                                                         const OpenContext& context);

}  // namespace zg::store
