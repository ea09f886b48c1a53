// Checks that a new archive is encrypted to the same keys as the dataset's last one.
#pragma once

#include <vector>

#include "archive/encryption.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The arguments of check_same_keys(); all outlive the call.
struct KeyQuestion {
    const std::vector<catalog::Manifest>& archives;  ///< of the store, the oldest first
    const zfs::Dataset& dataset;
    const archive::Encryption& encryption;  ///< of the new archive
    bool has_base = false;                  ///< the new archive is incremental
};

/// Restoring a chain takes a key for each of its archives. Another key than before is logged as a
/// warning. Errors: refused for no encryption after an encrypted archive, since the store's record
/// may have been changed, and for another passphrase within a chain, since it may have been
/// mistyped.
Result<void> check_same_keys(const KeyQuestion& question, Log& log);

}  // namespace zg::ops
