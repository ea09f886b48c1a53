#include "catalog/chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/testing/sample.hpp"

namespace zg::catalog {
namespace {

Manifest archive(std::uint64_t to, std::uint64_t from, std::uint64_t size = 10, bool raw = false) {
    Manifest manifest = sample_manifest(static_cast<unsigned>(to), from);
    manifest.to_guid = to;
    manifest.stored_size = size;
    manifest.raw = raw;
    return manifest;
}

TEST(Chains, FullThenIncrementals) {
    const std::vector<Manifest> all{archive(1, 0), archive(2, 1), archive(3, 2)};
    EXPECT_EQ(*Chains(all).way_to(2), (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(*Chains(all).way_to(0), (std::vector<std::size_t>{0}));
}

TEST(Chains, ABranchAfterARollback) {
    const std::vector<Manifest> all{archive(1, 0), archive(2, 1), archive(3, 1), archive(4, 3)};
    EXPECT_EQ(*Chains(all).way_to(3), (std::vector<std::size_t>{0, 2, 3}));
}

TEST(Chains, AMissingBaseIsNamed) {
    const std::vector<Manifest> all{archive(1, 0), archive(3, 2), archive(4, 3)};
    const auto way = Chains(all).way_to(2);
    ASSERT_FALSE(way);
    EXPECT_EQ(way.error().kind, ErrorKind::not_found);
    EXPECT_NE(way.error().message().find("guid 3"), std::string::npos);
}

TEST(Chains, TheWayOfFewestBytes) {
    const std::vector<Manifest> all{archive(1, 0, 100), archive(2, 1, 5), archive(2, 0, 90),
                                    archive(3, 2, 5)};
    EXPECT_EQ(*Chains(all).way_to(3), (std::vector<std::size_t>{2, 3}));
}

TEST(Chains, RawFollowsOnRawOnly) {
    const std::vector<Manifest> all{archive(1, 0, 10, false), archive(2, 1, 10, true)};
    EXPECT_FALSE(Chains(all).way_to(1));
}

TEST(Chains, ARingIsNoWay) {
    const std::vector<Manifest> all{archive(1, 2), archive(2, 1)};
    EXPECT_FALSE(Chains(all).way_to(0));
}

TEST(Chains, AgreeWithTryingEveryWay) {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (int round = 0; round < 300; ++round) {
        std::vector<Manifest> all;
        for (int i = 0; i < 12; ++i)
            all.push_back(archive(1 + random() % 6, random() % 7, 1 + random() % 50));
        std::erase_if(all, [](const Manifest& m) { return m.to_guid == m.from_guid; });
        constexpr auto none = std::numeric_limits<std::uint64_t>::max();
        const std::function<std::uint64_t(std::size_t, int)> cheapest =
            [&](std::size_t index, int depth) -> std::uint64_t {
            if (all[index].full()) return all[index].stored_size;
            std::uint64_t best = none;
            for (std::size_t i = 0; i < all.size() && depth > 0; ++i) {
                if (all[i].to_guid != all[index].from_guid) continue;
                if (const std::uint64_t cost = cheapest(i, depth - 1); cost != none)
                    best = std::min(best, cost + all[index].stored_size);
            }
            return best;
        };
        const Chains chains(all);
        for (std::size_t target = 0; target < all.size(); ++target) {
            const auto way = chains.way_to(target);
            std::uint64_t cost = way ? 0 : none;
            if (way) {
                for (const std::size_t index : *way) cost += all[index].stored_size;
                EXPECT_TRUE(all[way->front()].full());
                for (std::size_t i = 1; i < way->size(); ++i)
                    EXPECT_EQ(all[(*way)[i]].from_guid, all[(*way)[i - 1]].to_guid);
            }
            EXPECT_EQ(cost, cheapest(target, 6)) << "round " << round << " target " << target;
        }
    }
}

}  // namespace
}  // namespace zg::catalog
