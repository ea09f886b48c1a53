#include "catalog/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::catalog {

// Dijkstra's shortest path from "nothing", by stored bytes: a full archive leads from there to its
// snapshot, an incremental one from its base to its snapshot. Costs never fall along a way, so a
// wrong manifest that makes a ring cannot trap it.
Chains::Chains(std::span<const Manifest> archives) : archives_(archives) {
    struct Arrival {
        std::uint64_t cost;
        std::size_t archive;
        bool operator>(const Arrival& other) const { return cost > other.cost; }
    };
    std::multimap<Node, std::size_t> onward;
    std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals;
    for (std::size_t i = 0; i < archives.size(); ++i) {
        const Manifest& archive = archives[i];
        if (archive.full())
            arrivals.push({archive.stored_size, i});
        else
            onward.emplace(Node{archive.from_guid, archive.raw}, i);
    }
    while (!arrivals.empty()) {
        const Arrival arrival = arrivals.top();
        arrivals.pop();
        const Node node{archives[arrival.archive].to_guid, archives[arrival.archive].raw};
        if (!best_.emplace(node, Best{arrival.cost, arrival.archive}).second) continue;
        const auto [first, last] = onward.equal_range(node);
        for (auto next = first; next != last; ++next)
            arrivals.push({arrival.cost + archives[next->second].stored_size, next->second});
    }
}

Result<std::vector<std::size_t>> Chains::way_to(std::size_t target) const {
    std::vector<std::size_t> way{target};
    while (!archives_[way.back()].full()) {
        const Manifest& archive = archives_[way.back()];
        const auto base = best_.find(Node{archive.from_guid, archive.raw});
        if (base == best_.end())
            return fail({.kind = ErrorKind::not_found,
                         .what = fmt::format("it builds on an archive that is missing or cannot be "
                                             "restored (snapshot guid {})",
                                             archive.from_guid),
                         .where = fmt::format("archive {}", archive.archive_id),
                         .hint =
                             "restore an older snapshot (see `zglacier list`), or receive onto a "
                             "dataset that has the base"});
        way.push_back(base->second.archive);
    }
    std::ranges::reverse(way);
    return way;
}

}  // namespace zg::catalog
