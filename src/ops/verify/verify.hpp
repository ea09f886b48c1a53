// Verify: the store against the manifests.
#pragma once

#include <string>
#include <vector>

#include "ops/context.hpp"

namespace zg::ops {

struct Finding {
    std::string where;  ///< object name or archive id
    std::string what;
    bool damage = true;  ///< false: worth knowing, and no loss
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
    bool read = false;    ///< read the segments even where that is paid for
};

/// Reads all manifests and checks the segments against them. Where reading costs nothing, or with
/// `read`: each segment's size, SHA-256 and decoding, the stream's records and checksums; cold ones
/// by size. Else nothing is read, thawed or paid for beyond requests: size, checksum, class and
/// lock as the store tells them. Then the links between archives; and it names objects that belong
/// to no archive, and unfinished uploads. Damage is a finding, not an error; it goes on behind it.
Result<VerifyReport> verify(Context& context, const VerifyOptions& options);

}  // namespace zg::ops
