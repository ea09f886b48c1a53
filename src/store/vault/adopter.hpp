// Makes archives of other programs in a vault segments of the store.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/open.hpp"
#include "store/vault/index.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

/// Makes the archive the segment `name`: writes its mark to the vault, and both to the index.
/// conflict if the name exists already.
Result<void> adopt_archive(aws::Glacier& glacier, const std::string& vault, VaultIndex& index,
                           const InventoryArchive& archive, const std::string& name, TimePoint now);

/// Works alongside the vault's store, on the same index. Any number of threads and processes.
class VaultAdopter {
  public:
    virtual ~VaultAdopter() = default;
    /// Retries transient failures.
    [[nodiscard]] virtual aws::Glacier& glacier() = 0;
    [[nodiscard]] virtual const std::string& vault() const = 0;
    /// The adopted archives: Glacier's id -> the segment's name.
    virtual Result<std::map<std::string, std::string>> adopted() = 0;
    /// Makes the archive the segment `name`, for every machine, by a mark, which is a separate
    /// archive. Store::remove() of the segment removes the mark and leaves the archive. conflict if
    /// the name exists already.
    virtual Result<void> adopt(const InventoryArchive& archive, const std::string& name) = 0;
};

/// `options.vault` is not empty. References in `context` outlive it.
Result<std::unique_ptr<VaultAdopter>> open_vault_adopter(const VaultOptions& options,
                                                         const OpenContext& context);

}  // namespace zg::store
