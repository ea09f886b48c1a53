// Compares segments with the manifest by what the store says of them, without reading them.
#pragma once

#include <vector>

#include "ops/verify/verify.hpp"

namespace zg::ops {

/// What comparing one segment showed.
struct Comparison {
    bool by_checksum = false;   ///< the store's own checksum was compared, not the size alone
    std::string storage_class;  ///< may be empty
    std::vector<Finding> findings;
};

/// Compares each segment of the archive, several at a time: size, checksum, and whether it is
/// locked as the store was made to. An error where the store cannot be asked.
Result<std::vector<Comparison>> compare_segments(Context& context,
                                                 const catalog::Manifest& archive);

}  // namespace zg::ops
