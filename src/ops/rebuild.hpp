// The local catalog from what the store holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ops/context.hpp"

namespace zg::ops {

struct RebuildReport {
    struct Unreadable {
        std::string archive_id;
        Error error;
    };
    std::string catalog;                 ///< its file
    std::size_t archives = 0;            ///< that are in it now, or would be
    std::vector<Unreadable> unreadable;  ///< manifests that are damaged, and left out
};

/// Reads every manifest from the store and rebuilds the catalog from them; with `dry_run` it only
/// reads. Errors: those of the store, and of a catalog that cannot be written.
Result<RebuildReport> rebuild(Context& context, bool dry_run);

}  // namespace zg::ops
