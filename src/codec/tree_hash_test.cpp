#include "codec/tree_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {
namespace {

constexpr std::size_t MiB = tree_leaf_size;

Buffer noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    Buffer bytes(size);
    for (std::size_t i = 0; i < size; i += 64) bytes[i] = static_cast<std::byte>(random());
    return bytes;
}

/// As described in the Developer Guide: all leaves, then level by level.
Sha256Digest by_levels(Bytes bytes) {
    std::vector<Sha256Digest> level;
    for (std::size_t at = 0; at < bytes.size() || level.empty(); at += MiB)
        level.push_back(sha256(bytes.subspan(at, std::min(MiB, bytes.size() - at))));
    while (level.size() > 1) {
        std::vector<Sha256Digest> above;
        for (std::size_t i = 0; i < level.size(); i += 2)
            above.push_back(i + 1 < level.size() ? composite_sha256(std::span(level).subspan(i, 2))
                                                 : level[i]);
        level = std::move(above);
    }
    return level.front();
}

TEST(TreeHash, OfUpToOneLeafIsTheSha256) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, MiB - 1, MiB}) {
        const Buffer bytes = noise(size, 1);
        EXPECT_EQ(tree_hash(bytes).tree, sha256(bytes)) << size;
        EXPECT_EQ(tree_hash(bytes).linear, sha256(bytes)) << size;
    }
}

TEST(TreeHash, IsAsInTheDeveloperGuide) {
    for (const std::size_t leaves :
         std::initializer_list<std::size_t>{1, 2, 3, 4, 5, 7, 8, 9, 16, 17}) {
        for (const int beyond : {-1, 0, 1, 4711}) {
            const Buffer bytes = noise(leaves * MiB + static_cast<std::size_t>(beyond), 2);
            EXPECT_EQ(tree_hash_only(bytes), by_levels(bytes));
            EXPECT_EQ(tree_hash(bytes).tree, by_levels(bytes)) << leaves << " MiB and " << beyond;
        }
    }
}

// The tree hash of 3 MiB of zero bytes, computed with sha256sum and xxd.
TEST(TreeHash, OfZeroBytesIsKnown) {
    EXPECT_EQ(tree_hash(Buffer(3 * MiB)).tree.hex(),
              "ca6cc129a4514ec765de86a4e7a49adf44842c9cac213c383ebe4071271bdf21");
}

TEST(TreeHash, PiecesOfAnySizeGiveTheSame) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Buffer bytes = noise(5 * MiB + 321, seed);
    const auto expected = tree_hash(bytes);
    TreeHash hash;
    for (int round = 0; round < 10; ++round) {
        Bytes rest = bytes;
        while (!rest.empty()) {
            const std::size_t count = std::min<std::size_t>(rest.size(), 1 + random() % (3 * MiB));
            hash.update(rest.first(count));
            rest = rest.subspan(count);
        }
        EXPECT_EQ(hash.finish(), expected);
    }
}

TEST(TreeHash, OfPartsGivesThatOfTheWhole) {
    const Buffer bytes = noise(21 * MiB + 5, 3);
    for (const std::size_t part : {MiB, 2 * MiB, 4 * MiB, 8 * MiB, 32 * MiB}) {
        std::vector<Sha256Digest> parts;
        for (std::size_t at = 0; at < bytes.size(); at += part)
            parts.push_back(
                tree_hash(Bytes(bytes).subspan(at, std::min(part, bytes.size() - at))).tree);
        EXPECT_EQ(join_tree_hashes(parts), tree_hash(bytes).tree) << part;
    }
}

TEST(TreeHash, TheLargestArchiveNeedsOneDigestForEachLevel) {
    // 40,000 GiB of one part of 4 GiB again and again; its own tree from one leaf again and again.
    const Sha256Digest leaf = sha256(Buffer(MiB));
    TreeJoiner part;
    for (int i = 0; i < 4096; ++i) part.add(leaf);
    const Sha256Digest of_part = part.finish();
    TreeJoiner by_parts;
    for (int i = 0; i < 10'000; ++i) by_parts.add(of_part);
    // The same by levels of one digest each: a full tree of 8192 parts, and what is left.
    const auto full = [&](int height) {
        Sha256Digest node = of_part;
        for (int i = 0; i < height; ++i) node = composite_sha256(std::array{node, node});
        return node;
    };
    // 10,000 = 8192 + 1024 + 512 + 256 + 16
    Sha256Digest right = full(4);
    for (const int height : {8, 9, 10, 13})
        right = composite_sha256(std::array{full(height), right});
    EXPECT_EQ(by_parts.finish(), right);
}

TEST(TreeHash, FindsRangesThatAreNodes) {
    const std::uint64_t size = 7 * MiB + 100;  // 8 leaves, the last of 100 bytes
    const auto aligned = [&](std::uint64_t first, std::uint64_t last) {
        return is_tree_aligned(first, last, size);
    };
    EXPECT_TRUE(aligned(0, size - 1));
    EXPECT_TRUE(aligned(0, MiB - 1));
    EXPECT_TRUE(aligned(2 * MiB, 4 * MiB - 1));
    EXPECT_TRUE(aligned(4 * MiB, size - 1));
    EXPECT_TRUE(aligned(7 * MiB, size - 1));
    EXPECT_FALSE(aligned(MiB, 3 * MiB - 1)) << "two leaves without a common node";
    EXPECT_FALSE(aligned(0, 3 * MiB - 1)) << "three leaves of four";
    EXPECT_FALSE(aligned(1, MiB));
    EXPECT_FALSE(aligned(0, MiB));
    EXPECT_FALSE(aligned(0, size));
    EXPECT_TRUE(is_tree_aligned(0, 3 * MiB - 1, 3 * MiB));
    EXPECT_TRUE(is_tree_aligned(4 * MiB, 7 * MiB - 1, 7 * MiB))
        << "the right edge, where one leaf has no neighbour";
    EXPECT_FALSE(is_tree_aligned(2 * MiB, 7 * MiB - 1, 7 * MiB));
}

}  // namespace
}  // namespace zg::codec
