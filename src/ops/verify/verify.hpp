// Verifies the store against the manifests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/context.hpp"

namespace zg::ops {

struct Finding {
    std::string where;  ///< object name or archive id
    std::string what;
    bool damage = true;  ///< false: worth knowing, but nothing is lost
};

struct VerifyReport {
    std::size_t archives = 0;
    std::size_t segments_read = 0;
    std::uint64_t bytes_read = 0;
    std::size_t segments_compared = 0;  ///< by the store's own checksum, without reading them
    std::size_t segments_by_size = 0;   ///< compared by size only
    std::vector<Finding> findings;
    [[nodiscard]] bool sound() const;
};

struct VerifyOptions {
    std::string dataset;  ///< empty: all
    bool read = false;    ///< read the segments even if that costs money
};

/// Reads all manifests and checks the segments against them. If reading costs nothing, or with
/// `read`, checks each segment's size, SHA-256 and decoding, and the stream's records and
/// checksums; cold segments by size only. Else reads and thaws nothing, and pays only for requests:
/// checks size, checksum, class and lock as the store returns them. Then checks the links between
/// archives, and reports objects that belong to no archive, and unfinished uploads. Damage is a
/// finding, not an error, and does not stop the verification.
Result<VerifyReport> verify(Context& context, const VerifyOptions& options);

}  // namespace zg::ops
