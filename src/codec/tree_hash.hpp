// Glacier's SHA-256 tree hash. Source: Amazon S3 Glacier Developer Guide, "Computing Checksums".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

/// The leaves of the tree: SHA-256 digests of 1 MiB each, the last one of the rest.
inline constexpr std::size_t tree_leaf_size = std::size_t{1} << 20U;

/// Joins digests in order, pairwise and level by level; an odd one moves up unchanged. Keeps as
/// many digests as the tree has levels.
class TreeJoiner {
  public:
    /// The next digest of the lowest level.
    void add(const Sha256Digest& digest);
    /// The root over all digests so far; then restarts. Without any: the SHA-256 of no bytes.
    Sha256Digest finish();

  private:
    // of full subtrees, the largest first; the bits of count_ are their sizes
    std::vector<Sha256Digest> peaks_;
    std::uint64_t count_ = 0;
};

/// The linear SHA-256 and the tree hash of bytes given in any pieces, in one pass over them. One
/// thread at a time.
class TreeHash {
  public:
    struct Digests {
        Sha256Digest linear{};
        Sha256Digest tree{};
        bool operator==(const Digests&) const = default;
    };
    void update(Bytes bytes);
    /// The digests of all bytes so far; then restarts.
    Digests finish();

  private:
    Sha256 linear_;
    Sha256 leaf_;
    std::size_t in_leaf_ = 0;
    TreeJoiner tree_;
};

/// Both digests of `bytes`.
TreeHash::Digests tree_hash(Bytes bytes);

/// Only the tree hash, for bytes whose linear one is known.
Sha256Digest tree_hash_only(Bytes bytes);

/// The tree hash of a whole from those of its parts, in order: all but the last have the same size,
/// a power of two of MiB.
Sha256Digest join_tree_hashes(std::span<const Sha256Digest> parts);

/// Whether `first` to `last` (inclusive) of `size` bytes is the range of a node of the tree: only
/// such ranges have a tree hash that can be compared.
bool is_tree_aligned(std::uint64_t first, std::uint64_t last, std::uint64_t size);

}  // namespace zg::codec
