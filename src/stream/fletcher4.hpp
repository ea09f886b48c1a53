// fletcher4 as ZFS computes it over send streams (module/zcommon/zfs_fletcher.c of OpenZFS).
#pragma once

#include <bit>
#include <cstdint>

#include "base/bytes.hpp"

namespace zg::stream {

/// The four running sums. Equality of values is equality of checksums.
struct Fletcher4 {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    std::uint64_t d = 0;
    bool operator==(const Fletcher4&) const = default;

    /// Adds `bytes`, read as 32-bit words of byte order `order`; the length must be a multiple of 4.
    void update(Bytes bytes, std::endian order);
    /// The same without the instructions that only some processors have; what other processors run, for
    /// tests.
    void update_portably(Bytes bytes, std::endian order);
};

}  // namespace zg::stream
