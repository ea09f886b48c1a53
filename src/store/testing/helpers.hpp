// Helpers shared by tests of stores.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"

namespace zg::store {

/// The kind of the error; nothing on success.
template <class T>
std::optional<ErrorKind> kind_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
}

/// "" on success, else the kind's name and, except for a conflict, the message.
template <class T>
std::string problem_of(const Result<T>& result) {
    if (result) return "";
    if (result.error().kind == ErrorKind::conflict) return "conflict";
    return std::string(kind_name(result.error().kind)) + ": " + result.error().message();
}

/// Pseudo-random bytes that depend on the seed.
inline Buffer test_bytes(std::size_t size, int seed = 0) {
    Buffer bytes(size);
    std::uint32_t value = 2463534242U + static_cast<std::uint32_t>(seed) * 7919U;
    for (std::byte& byte : bytes) {
        value ^= value << 13;
        value ^= value >> 17;
        value ^= value << 5;
        byte = static_cast<std::byte>(value);
    }
    return bytes;
}

/// `content` divided into parts.
inline std::vector<Bytes> pieces(Bytes content, std::uint64_t part_size) {
    std::vector<Bytes> result;
    do {
        const std::size_t size = std::min<std::size_t>(content.size(), part_size);
        result.push_back(content.first(size));
        content = content.subspan(size);
    } while (!content.empty());
    return result;
}

inline Part put_piece(Store& store, const Upload& upload, std::uint32_t number, Bytes piece) {
    auto part = store.put_part(upload, number, piece, codec::sha256(piece));
    EXPECT_EQ(problem_of(part), "");
    return part ? *part : Part{};
}

/// Uploads a whole segment.
inline Result<Stat> upload_segment(Store& store, const std::string& name, std::uint64_t part_size,
                                   const Buffer& content) {
    ZG_TRY(const Upload upload, store.begin(name, part_size, ""));
    std::vector<Part> parts;
    for (const Bytes piece : pieces(content, part_size)) {
        ZG_TRY(Part part, store.put_part(upload, static_cast<std::uint32_t>(parts.size() + 1),
                                         piece, codec::sha256(piece)));
        parts.push_back(std::move(part));
    }
    return store.complete(upload, parts);
}

inline std::vector<std::string> listed(Store& store, std::string_view prefix) {
    const auto entries = store.list(prefix);
    EXPECT_EQ(problem_of(entries), "");
    std::vector<std::string> names;
    for (const Entry& entry : entries.value_or(std::vector<Entry>{})) names.push_back(entry.name);
    return names;
}

}  // namespace zg::store
