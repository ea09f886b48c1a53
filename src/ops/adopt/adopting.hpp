// Implements ops/adopt/adopt.hpp on a store and a vault that are open. The caller holds the store's
// lock.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/adopt/adopt.hpp"
#include "ops/context.hpp"
#include "vault_tools/foreign.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// `zfs` may be null. Of the request: `topic` is an ARN or empty, `host` is not empty, `zfs` is not
/// used.
Result<AdoptReport> adopt_into(Context& context, vault_tools::ForeignArchives& vault,
                               const zfs::Zfs* zfs, const AdoptRequest& request);

Result<void> release_from(Context& context, vault_tools::ForeignArchives& vault,
                          const std::vector<std::string>& archives);

}  // namespace zg::ops
