// The Store over a Glacier vault.
#pragma once

#include <memory>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "store/open.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

/// A store over `options.vault`. Until the index knows the vault's content, every call that needs
/// it fails with kind cold; refresh() requests it. If several hosts call put_new() for one name,
/// more than one can succeed: a vault has no names. References outlive the store.
std::unique_ptr<Store> make_vault_store(VaultOptions options, std::unique_ptr<aws::Glacier> glacier,
                                        std::unique_ptr<VaultIndex> index, Clock& clock, Log& log);

/// Finds credentials and region, and opens the store. `options.vault` is not empty. Creates the
/// vault if context.create is set.
Result<std::unique_ptr<Store>> open_vault_store(VaultOptions options, const OpenContext& context);

/// The path of the vault's index: one file for each vault that the URL distinguishes.
std::string vault_index_file(const std::string& state_dir, const VaultOptions& options,
                             const std::string& region);

}  // namespace zg::store
