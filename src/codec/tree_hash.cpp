#include "codec/tree_hash.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

namespace {

Sha256Digest join(const Sha256Digest& left, const Sha256Digest& right) {
    std::array<std::byte, 64> both{};
    std::ranges::copy(left.bytes, both.begin());
    std::ranges::copy(right.bytes, both.begin() + 32);
    return sha256(both);
}

}  // namespace

void TreeJoiner::add(const Sha256Digest& digest) {
    Sha256Digest peak = digest;
    // Like counting in binary: each full subtree is joined with the previous one of the same size.
    for (std::uint64_t bits = count_; (bits & 1U) != 0; bits >>= 1U) {
        peak = join(peaks_.back(), peak);
        peaks_.pop_back();
    }
    peaks_.push_back(peak);
    ++count_;
}

Sha256Digest TreeJoiner::finish() {
    if (peaks_.empty()) return sha256({});
    Sha256Digest root = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = join(peaks_[i], root);
    peaks_.clear();
    count_ = 0;
    return root;
}

void TreeHash::update(Bytes bytes) {
    while (!bytes.empty()) {
        // One leaf at a time, so that the second hash finds the bytes in the processor's cache.
        const Bytes piece = bytes.first(std::min(bytes.size(), tree_leaf_size - in_leaf_));
        linear_.update(piece);
        leaf_.update(piece);
        in_leaf_ += piece.size();
        bytes = bytes.subspan(piece.size());
        if (in_leaf_ < tree_leaf_size) continue;
        tree_.add(leaf_.finish());
        in_leaf_ = 0;
    }
}

TreeHash::Digests TreeHash::finish() {
    if (in_leaf_ > 0) tree_.add(leaf_.finish());
    in_leaf_ = 0;
    return {linear_.finish(), tree_.finish()};
}

TreeHash::Digests tree_hash(Bytes bytes) {
    TreeHash hash;
    hash.update(bytes);
    return hash.finish();
}

Sha256Digest tree_hash_only(Bytes bytes) {
    TreeJoiner joiner;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), tree_leaf_size)))
        joiner.add(sha256(bytes.first(std::min(bytes.size(), tree_leaf_size))));
    return joiner.finish();
}

Sha256Digest join_tree_hashes(std::span<const Sha256Digest> parts) {
    TreeJoiner joiner;
    for (const Sha256Digest& part : parts) joiner.add(part);
    return joiner.finish();
}

bool is_tree_aligned(std::uint64_t first, std::uint64_t last, std::uint64_t size) {
    if (first > last || last >= size || first % tree_leaf_size != 0) return false;
    const bool to_the_end = last + 1 == size;
    if (!to_the_end && (last + 1) % tree_leaf_size != 0) return false;
    // A node of height h begins at a multiple of 2^h leaves and has 2^h of them, or all that are
    // left; the range's node has the smallest height that contains it.
    const std::uint64_t leaves = (last - first) / tree_leaf_size + 1;
    const std::uint64_t node = std::bit_ceil(leaves);
    return (first / tree_leaf_size) % node == 0 && (leaves == node || to_the_end);
}

}  // namespace zg::codec
