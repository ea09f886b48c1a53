// Verify: the store against the manifests.
#pragma once

#include <string>
#include <vector>

#include "job/context.hpp"

namespace zg::job {

struct Finding {
    std::string where;  ///< object name or archive id
    std::string what;
    bool damage = true; ///< false: worth knowing, and no loss
};

struct VerifyReport {
    std::size_t archives = 0;
    std::size_t segments_read = 0;
    std::uint64_t bytes_read = 0;
    std::size_t segments_cold = 0;  ///< compared by size only
    std::vector<Finding> findings;
    [[nodiscard]] bool sound() const;
};

/// Reads all manifests and segments (of `dataset`, or all where it is empty): each segment's size, SHA-256 and decoding, the stream's records and checksums, the links
/// between archives; and names objects that belong to no archive. Damage is a finding, not an error; it goes on behind it.
Result<VerifyReport> verify(Context& context, const std::string& dataset);

}  // namespace zg::job
