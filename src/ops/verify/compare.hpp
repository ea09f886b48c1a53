// Compares segments with the manifest by the metadata that the store returns, without reading them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/verify/verify.hpp"

namespace zg::ops {

/// The result of comparing one segment.
struct Comparison {
    bool by_checksum = false;   ///< the store's own checksum was compared, not the size alone
    std::string storage_class;  ///< may be empty
    std::vector<Finding> findings;
};

/// Compares each segment of the archive, several at a time: size, checksum, and whether it is
/// locked if the store was created with a lock. Fails if the store cannot be read.
Result<std::vector<Comparison>> compare_segments(Context& context,
                                                 const catalog::Manifest& archive);

}  // namespace zg::ops
