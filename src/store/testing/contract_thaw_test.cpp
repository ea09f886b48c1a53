// Thaws, for every backend. If a store is not cold, a thaw does nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/testing/contract.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

using std::chrono::days;
using std::chrono::seconds;

/// If one time is the server's, which counts seconds, and the other this program's, a new second
/// may begin between them.
seconds apart(TimePoint a, TimePoint b) {
    return std::chrono::abs(std::chrono::duration_cast<seconds>(a - b));
}

void expect_about_same(const std::optional<TimePoint>& a, const std::optional<TimePoint>& b) {
    ASSERT_EQ(a.has_value(), b.has_value());
    if (a) {
        EXPECT_LE(apart(*a, *b), seconds{1});
    }
}

TEST_P(StoreThawContract, AHotStoreIsHot) {
    if (cold()) return;  // see ALifeFromColdToHotAndBack
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(temperature(*store_), Temperature::hot);
        EXPECT_EQ(store_->stat(segment).value().thaw.temperature, Temperature::hot);
        EXPECT_TRUE(store_->stat(segment).value().thaw_tiers.empty());
        EXPECT_EQ(problem_of(read_one(*store_)), "");
        EXPECT_EQ(problem_of(store_->thaw(segment, {})), "");
        backend_->advance(days{100});
    }
}

TEST_P(StoreThawContract, ALifeFromColdToHotAndBack) {
    if (!cold()) return;  // see AHotStoreIsHot
    const std::chrono::seconds stays = store_->limits().readable_for.value_or(days{2});
    EXPECT_EQ(temperature(*store_), Temperature::cold);
    EXPECT_EQ(store_->stat(segment).value().thaw.temperature, Temperature::cold);
    EXPECT_EQ(store_->stat(segment).value().thaw_tiers.size(), store_->limits().thaw_tiers.size());
    const auto unread = read_one(*store_);
    EXPECT_EQ(kind_of(unread), ErrorKind::cold);
    EXPECT_FALSE(unread.error().hint.empty());
    EXPECT_EQ(kind_of(store_->get(segment)), ErrorKind::cold);
    EXPECT_EQ(listed(*store_, ""), std::vector{segment});

    ASSERT_EQ(problem_of(store_->thaw(segment, {.tier = "standard", .days = days{2}})), "");
    const ThawState thawing = store_->thaw_state(segment).value();
    EXPECT_EQ(thawing.temperature, Temperature::thawing);
    if (thawing.requested && thawing.expected) {
        EXPECT_LE(apart(*thawing.expected, *thawing.requested + delay()), seconds{1});
    }
    EXPECT_EQ(kind_of(read_one(*store_)), ErrorKind::cold);
    backend_->advance(delay() - slack());
    EXPECT_EQ(temperature(*store_), Temperature::thawing);
    EXPECT_EQ(kind_of(read_one(*store_)), ErrorKind::cold);

    backend_->advance(slack());
    const ThawState hot = store_->thaw_state(segment).value();
    EXPECT_EQ(hot.temperature, Temperature::hot);
    if (hot.readable_until && thawing.expected) {
        EXPECT_LE(apart(*hot.readable_until, *thawing.expected + stays), seconds{1});
    }
    EXPECT_EQ(read_segment(*backend_, *store_, segment, delay()), content_);
    EXPECT_EQ(listed(*store_, ""), std::vector{segment});
    backend_->advance(stays - slack());
    EXPECT_EQ(problem_of(read_one(*store_)), "");

    // Amazon keeps a copy until the midnight after its last day.
    backend_->advance(slack() + (thawing.expected ? days{0} : days{1}));
    EXPECT_EQ(temperature(*store_), Temperature::cold);
    EXPECT_EQ(kind_of(read_one(*store_)), ErrorKind::cold);
    ASSERT_EQ(problem_of(store_->thaw(segment, {})), "");
    EXPECT_EQ(temperature(*store_), Temperature::thawing);
}

TEST_P(StoreThawContract, RequestingAgainChangesNothing) {
    ASSERT_EQ(problem_of(store_->thaw(segment, {})), "");
    const ThawState first = store_->thaw_state(segment).value();
    backend_->advance(delay() / 2);
    ASSERT_EQ(problem_of(store_->thaw(segment, {.days = days{5}})), "");
    const ThawState second = store_->thaw_state(segment).value();
    EXPECT_EQ(second.temperature, first.temperature);
    expect_about_same(second.requested, first.requested);
    expect_about_same(second.expected, first.expected);
    backend_->advance(delay() - delay() / 2);
    EXPECT_EQ(temperature(*store_), Temperature::hot);
    ASSERT_EQ(problem_of(store_->thaw(segment, {})), "");
    EXPECT_EQ(temperature(*store_), Temperature::hot);
    EXPECT_EQ(problem_of(read_one(*store_)), "");
}

TEST_P(StoreThawContract, ACopyThatIsRequestedAgainStaysLonger) {
    if (!cold()) return;
    ASSERT_EQ(problem_of(store_->thaw(segment, {.days = days{1}})), "");
    backend_->advance(delay() + seconds{1});
    const auto until = store_->thaw_state(segment).value().readable_until;
    ASSERT_TRUE(until);
    ASSERT_EQ(problem_of(store_->thaw(segment, {.days = days{5}})), "");
    const ThawState longer = store_->thaw_state(segment).value();
    EXPECT_EQ(longer.temperature, Temperature::hot);
    EXPECT_GE(*longer.readable_until - *until, days{3});
    backend_->advance(days{4});
    EXPECT_EQ(problem_of(read_one(*store_)), "");
    backend_->advance(days{3});
    EXPECT_EQ(temperature(*store_), Temperature::cold);
}

TEST_P(StoreThawContract, OutlivesTheProcess) {
    ASSERT_EQ(problem_of(store_->thaw(segment, {})), "");
    const ThawState before = store_->thaw_state(segment).value();
    const auto other = backend_->open();
    EXPECT_EQ(temperature(*other), before.temperature);
    expect_about_same(other->thaw_state(segment).value().expected, before.expected);
    backend_->advance(delay());
    EXPECT_EQ(problem_of(read_one(*backend_->open())), "");
}

TEST_P(StoreThawContract, InvalidTiersAndDaysAreRefused) {
    for (const char* tier : {"expedited", "standard", "bulk"}) {
        const auto& tiers = store_->limits().thaw_tiers;
        const bool there =
            !cold() || std::ranges::find(tiers, tier, &ThawTier::name) != tiers.end();
        EXPECT_EQ(kind_of(store_->thaw(segment, {.tier = tier})),
                  there ? std::nullopt : std::optional(ErrorKind::usage))
            << tier;
    }
    for (const char* tier : {"", "Standard", "fast"}) {
        const auto refused = store_->thaw(segment, {.tier = tier});
        EXPECT_EQ(kind_of(refused), ErrorKind::usage) << tier;
        EXPECT_FALSE(refused.error().hint.empty());
    }
    EXPECT_EQ(kind_of(store_->thaw(segment, {.days = days{0}})), ErrorKind::usage);
    EXPECT_EQ(kind_of(store_->thaw(segment, {.days = days{-1}})), ErrorKind::usage);
}

TEST_P(StoreThawContract, ManifestsAreNeverCold) {
    for (const char* name : {"archives/20261123T020000Z-7f3a9c21/manifest.json", "zglacier.json"}) {
        ASSERT_EQ(problem_of(store_->put_new(name, as_bytes("{}"))), "");
        EXPECT_EQ(store_->thaw_state(name).value().temperature, Temperature::hot);
        EXPECT_EQ(store_->stat(name).value().thaw.temperature, Temperature::hot);
        EXPECT_TRUE(store_->stat(name).value().thaw_tiers.empty());
        EXPECT_EQ(problem_of(store_->thaw(name, {})), "");
        EXPECT_EQ(store_->get(name).value(), to_buffer("{}"));
    }
}

TEST_P(StoreThawContract, WhetherAnObjectIsColdDependsOnHowItWasPutNotOnItsName) {
    const std::string hot = "archives/20261123T020000Z-7f3a9c21/000002.zfs.zst.age";
    ASSERT_EQ(problem_of(store_->put(hot, as_bytes("x"))), "");
    EXPECT_EQ(store_->thaw_state(hot).value().temperature, Temperature::hot);
    EXPECT_EQ(store_->get(hot).value(), to_buffer("x"));
    const std::string like_a_manifest = "segment.json";
    ASSERT_EQ(problem_of(upload_segment(*store_, like_a_manifest, part_size_, content_)), "");
    EXPECT_EQ(store_->thaw_state(like_a_manifest).value().temperature, temperature(*store_));
    EXPECT_EQ(read_segment(*backend_, *store_, like_a_manifest, delay()), content_);
}

TEST_P(StoreThawContract, AThawDoesNotApplyToANewSegmentOfTheSameName) {
    ASSERT_EQ(problem_of(store_->thaw(segment, {.days = days{10}})), "");
    backend_->advance(delay());
    EXPECT_EQ(temperature(*store_), Temperature::hot);
    ASSERT_EQ(problem_of(store_->remove(segment)), "");
    EXPECT_EQ(kind_of(store_->thaw_state(segment)), ErrorKind::not_found);
    const auto stat = upload_segment(*store_, segment, part_size_, content_);
    ASSERT_EQ(problem_of(stat), "");
    const Temperature expected = cold() ? Temperature::cold : Temperature::hot;
    EXPECT_EQ(temperature(*store_), expected);
    EXPECT_EQ(stat->thaw.temperature, expected);
}

}  // namespace
}  // namespace zg::store
