// Secret bytes that are overwritten before they are freed.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace zg::codec {

/// Overwrites `bytes`; the compiler cannot optimize this away.
void wipe(MutableBytes bytes);

/// A key of `size` bytes. Like Secret, it has no formatter and no comparison. Copies are wiped,
/// too.
template <std::size_t size>
class SecretBytes {
  public:
    /// All zero, to be filled.
    SecretBytes() = default;
    explicit SecretBytes(std::span<const std::byte, size> bytes) {
        std::ranges::copy(bytes, bytes_.begin());
    }
    SecretBytes(const SecretBytes&) = default;
    SecretBytes& operator=(const SecretBytes&) = default;
    ~SecretBytes() { wipe(bytes_); }
    [[nodiscard]] std::span<const std::byte, size> reveal() const { return bytes_; }
    /// The bytes, for writing.
    [[nodiscard]] std::span<std::byte, size> fill() { return bytes_; }

  private:
    std::array<std::byte, size> bytes_{};
};

/// Wipes memory before freeing it.
template <class T>
struct WipingAllocator {
    using value_type = T;
    WipingAllocator() = default;
    template <class U>
    explicit WipingAllocator(const WipingAllocator<U>& /*other*/) {}
    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* pointer, std::size_t count) {
        wipe(std::as_writable_bytes(std::span(pointer, count)));
        std::allocator<T>().deallocate(pointer, count);
    }
    bool operator==(const WipingAllocator&) const = default;
};

/// Secret bytes of any size.
using SecretBuffer = std::vector<std::byte, WipingAllocator<std::byte>>;

}  // namespace zg::codec
