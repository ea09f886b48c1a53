// Rebuilds the local catalog from the store.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/context.hpp"

namespace zg::ops {

struct RebuildReport {
    struct Unreadable {
        std::string archive_id;
        Error error;
    };
    std::string catalog;       ///< path of its file
    std::size_t archives = 0;  ///< in the rebuilt catalog, or in one that a dry run would build
    std::vector<Unreadable> unreadable;  ///< damaged manifests, which are left out
};

/// Reads every manifest from the store and rebuilds the catalog from them; with `dry_run` it only
/// reads. Errors: those of the store, and of a catalog that cannot be written.
Result<RebuildReport> rebuild(Context& context, bool dry_run);

}  // namespace zg::ops
