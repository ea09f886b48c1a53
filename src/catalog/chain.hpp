// Chains: which archives, in which order, lead to a snapshot. Links are guids, never names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::catalog {

/// The ways through a set of archives. The manifests outlive the object.
class Chains {
  public:
    explicit Chains(std::span<const Manifest> archives);

    /// The archives to be received for `target` (an index into the set), a full one first and
    /// `target` last; if there are several ways, the one of the fewest stored bytes. not_found
    /// if an archive that it builds on is missing; the error names the guid.
    [[nodiscard]] Result<std::vector<std::size_t>> way_to(std::size_t target) const;

  private:
    /// A snapshot as a base: an incremental archive sent raw can only follow on one that was
    /// received raw.
    struct Node {
        std::uint64_t guid;
        bool raw;
        auto operator<=>(const Node&) const = default;
    };
    struct Best {
        std::uint64_t cost;
        std::size_t archive;
    };
    std::span<const Manifest> archives_;
    std::map<Node, Best> best_;
};

}  // namespace zg::catalog
