// Spans of bytes; loads and stores of fixed-width integers in a given byte order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace zg {

/// Bytes owned by somebody else.
using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;
/// Bytes with an owner.
using Buffer = std::vector<std::byte>;

inline Bytes as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// Copies `bytes` to the beginning of `to`, which has room for them. GCC 12 compiles
/// std::ranges::copy() between two spans to a loop over single bytes.
inline void copy_bytes(Bytes bytes, MutableBytes to) {
    if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
}
inline Buffer to_buffer(std::string_view text) {
    const Bytes bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

template <class T>
T byte_swap(T value) {
    if constexpr (sizeof(T) == 1) return value;
    if constexpr (sizeof(T) == 2)
        return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    if constexpr (sizeof(T) == 4)
        return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    if constexpr (sizeof(T) == 8)
        return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

/// The integer at `offset` of `bytes`, in the byte order `order`; it must be within `bytes`.
template <class T>
T load_int(Bytes bytes, std::size_t offset, std::endian order = std::endian::little) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return order == std::endian::native ? value : byte_swap(value);
}

/// Writes `value` at `offset` of `bytes` in the byte order `order`.
template <class T>
void store_int(MutableBytes bytes, std::size_t offset, T value,
               std::endian order = std::endian::little) {
    if (order != std::endian::native) value = byte_swap(value);
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

}  // namespace zg
