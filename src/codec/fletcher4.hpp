// fletcher4 as ZFS computes it over send streams (module/zcommon/zfs_fletcher.c of OpenZFS).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace zg::codec {

/// The four running sums. Equality of values is equality of checksums.
struct Fletcher4 {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    std::uint64_t d = 0;
    bool operator==(const Fletcher4&) const = default;

    /// Adds `bytes`, read as 32-bit words of byte order `order`; the length must be a multiple
    /// of 4.
    void update(Bytes bytes, std::endian order);
    /// The same without instructions that only some processors have; other processors run this. For
    /// tests.
    void update_portably(Bytes bytes, std::endian order);

    /// "a/b/c/d", in hexadecimal without leading zeros, as ZFS prints them.
    [[nodiscard]] std::string text() const;
};

/// The same over bytes given in pieces of any size.
class RunningFletcher4 {
  public:
    RunningFletcher4() = default;
    explicit RunningFletcher4(const Fletcher4& sums) : sums_(sums) {}
    void update(Bytes piece, std::endian order);
    /// The sums of all complete words so far.
    [[nodiscard]] const Fletcher4& sums() const { return sums_; }

  private:
    Fletcher4 sums_;
    std::array<std::byte, 4> word_{};
    std::size_t fill_ = 0;
};

}  // namespace zg::codec
