// A second implementation of the stream format for tests: simple, slow, and without code in common
// with the one it tests.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace zg::stream::testing {

inline constexpr std::size_t header_size = 312;
inline constexpr std::size_t own_checksum_at = 280;
inline constexpr std::size_t end_checksum_at = 8;
inline constexpr std::uint64_t magic = 0x2f5bacbacULL;

enum : std::uint32_t {
    begin_type,
    object_type,
    freeobjects_type,
    write_type,
    free_type,
    end_type,
    write_byref_type,
    spill_type,
    write_embedded_type,
    object_range_type,
    redact_type,
    type_count
};

/// fletcher4, a word at a time.
struct Sums {
    std::array<std::uint64_t, 4> words{};
    bool operator==(const Sums&) const = default;

    void add(Bytes bytes, std::endian order) {
        for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
            words[0] += load_int<std::uint32_t>(bytes, at, order);
            words[1] += words[0];
            words[2] += words[1];
            words[3] += words[2];
        }
    }
    void store(MutableBytes bytes, std::size_t at, std::endian order) const {
        for (const std::uint64_t word : words) {
            store_int(bytes, at, word, order);
            at += 8;
        }
    }
};

/// One record in a stream.
struct Place {
    std::size_t at = 0;
    std::size_t size = 0;  ///< header and payload
    std::uint32_t type = 0;
    std::endian order = std::endian::little;
};

/// Bytes of payload after `header`, according to its fields.
inline std::uint64_t payload_size(Bytes header, std::endian order) {
    const auto u32 = [&](std::size_t at) { return load_int<std::uint32_t>(header, at, order); };
    const auto u64 = [&](std::size_t at) { return load_int<std::uint64_t>(header, at, order); };
    const auto round_up = [](std::uint64_t size) { return (size + 7) & ~std::uint64_t{7}; };
    switch (u32(0)) {
        case begin_type:
            return u32(4);
        case object_type:
            return u32(36) != 0 ? u32(36) : round_up(u32(28));
        case write_type:
            return header[50] != std::byte{0} ? u64(96) : u64(32);
        case spill_type:
            return u64(40) != 0 ? u64(40) : u64(16);
        case write_embedded_type:
            return round_up(u32(52));
        default:
            return 0;
    }
}

inline std::optional<std::endian> byte_order(Bytes begin) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        if (load_int<std::uint64_t>(begin, 8, order) == magic) return order;
    }
    return std::nullopt;
}

/// The records of `stream`, as far as they can be parsed; accepts any bytes.
inline std::vector<Place> places(Bytes stream) {
    std::vector<Place> found;
    if (stream.size() < header_size) return found;
    const auto order = byte_order(stream);
    if (!order) return found;
    for (std::size_t at = 0; stream.size() - at >= header_size;) {
        const Bytes header = stream.subspan(at, header_size);
        const std::uint64_t payload = payload_size(header, *order);
        if (payload > stream.size() - at - header_size) break;
        const std::size_t size = header_size + static_cast<std::size_t>(payload);
        found.push_back({at, size, load_int<std::uint32_t>(header, 0, *order), *order});
        at += size;
    }
    return found;
}

/// Recomputes all checksums. `own`: also those of the records themselves, as in newer streams; else
/// zeros. The ENDs of a package have no checksum of their own, and the closing one has none at all.
inline void write_checksums(MutableBytes stream, bool own = true) {
    Sums sums;
    std::uint32_t before = end_type;
    bool package_header = false;
    for (const Place& place : places(stream)) {
        const MutableBytes record = stream.subspan(place.at, place.size);
        if (place.type == begin_type) {
            sums = {};
            package_header = (load_int<std::uint64_t>(record, 16, place.order) & 3U) == 2;
        } else if (place.type == end_type && before == end_type) {
            continue;
        } else {
            if (place.type == end_type) sums.store(record, end_checksum_at, place.order);
            sums.add(record.first(own_checksum_at), place.order);
            const bool has_own = own && !(package_header && place.type == end_type);
            (has_own ? sums : Sums{}).store(record, own_checksum_at, place.order);
        }
        const std::size_t from = place.type == begin_type ? 0 : own_checksum_at;
        sums.add(record.subspan(from), place.order);
        before = place.type;
    }
}

/// Offsets and widths of the integers in a header.
inline std::vector<std::pair<std::size_t, std::size_t>> integer_fields(std::uint32_t type) {
    std::vector<std::pair<std::size_t, std::size_t>> fields{{0, 4}, {4, 4}};
    const auto add = [&](std::size_t width, std::initializer_list<std::size_t> offsets) {
        for (const std::size_t at : offsets) fields.emplace_back(at, width);
    };
    switch (type) {
        case begin_type:
            add(8, {8, 16, 24, 40, 48});
            add(4, {32, 36});
            return fields;
        case object_type:
            add(8, {8, 40, 56});
            add(4, {16, 20, 24, 28, 36});
            break;
        case write_type:
            add(8, {8, 24, 32, 40, 56, 64, 72, 80, 88, 96});
            add(4, {16});
            break;
        case freeobjects_type:
        case object_range_type:
            add(8, {8, 16, 24});
            break;
        case free_type:
        case redact_type:
            add(8, {8, 16, 24, 32});
            break;
        case end_type:
            add(8, {8, 16, 24, 32, 40});
            break;
        case write_byref_type:
            add(8, {8, 16, 24, 32, 40, 48, 56, 72, 80, 88, 96, 104});
            break;
        case spill_type:
            add(8, {8, 16, 24, 40});
            add(4, {84});
            break;
        case write_embedded_type:
            add(8, {8, 16, 24, 32});
            add(4, {48, 52});
            break;
        default:
            break;
    }
    add(8, {280, 288, 296, 304});
    return fields;
}

/// The same stream as sent by a machine of the other byte order. Payloads are not changed.
inline Buffer with_bytes_swapped(Bytes stream, bool own = true) {
    Buffer swapped(stream.begin(), stream.end());
    for (const Place& place : places(stream)) {
        for (const auto& [at, width] : integer_fields(place.type)) {
            const auto first = swapped.begin() + static_cast<std::ptrdiff_t>(place.at + at);
            std::reverse(first, first + static_cast<std::ptrdiff_t>(width));
        }
    }
    write_checksums(swapped, own);
    return swapped;
}

}  // namespace zg::stream::testing
