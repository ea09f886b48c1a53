// The Store over a Glacier vault.
#pragma once

#include <memory>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/open.hpp"
#include "store/vault/index.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

/// A store over `options.vault`. Until the index knows what is in the vault every call that must
/// know is refused with kind cold; refresh() asks for it. Of several hosts' put_new() of one name,
/// more than one can succeed: a vault has no names. References outlive the store.
std::unique_ptr<Store> make_vault_store(VaultOptions options, std::unique_ptr<aws::Glacier> glacier,
                                        std::unique_ptr<VaultIndex> index, Clock& clock, Log& log);

/// Finds credentials and region, and opens the store. `options.vault` is not empty. The vault is
/// made where context.create is set.
Result<std::unique_ptr<Store>> open_vault_store(VaultOptions options, const OpenContext& context);

/// Where the vault's index is: one file for each vault that can be told from the URL alone.
std::string vault_index_file(const std::string& state_dir, const VaultOptions& options,
                             const std::string& region);

}  // namespace zg::store
