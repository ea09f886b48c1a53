// Thaws, from the plan to the last copy that expires, on a simulated clock.
#include "thaw/thaw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "archive/engine.hpp"
#include "archive/read/fetch.hpp"
#include "archive/read/segment_reader.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/manifest.hpp"
#include "codec/sha256.hpp"
#include "policy/prices.hpp"
#include "store/store.hpp"
#include "store/testing/memory_store.hpp"
#include "thaw/testing/thaw_fixture.hpp"
#include "thaw/watch.hpp"

namespace zg::thaw {
namespace {

using namespace std::chrono_literals;
using catalog::Manifest;
using std::chrono::days;
using store::Temperature;

TEST_F(ThawTest, ATierThatTheClassLacksIsRefusedBeforeAnyRequest) {
    for (const char* tier : {"expedited", "Standard", ""}) {
        const auto planned = plan_thaw(engine, archives, {.tier = tier});
        ASSERT_FALSE(planned) << tier;
        EXPECT_EQ(planned.error().kind, ErrorKind::usage);
        EXPECT_NE(planned.error().what.find("DEEP_ARCHIVE"), std::string::npos)
            << planned.error().what;
        EXPECT_NE(planned.error().hint.find("standard or bulk"), std::string::npos)
            << planned.error().hint;
    }
    EXPECT_EQ(cold.looks, 0U);
    EXPECT_TRUE(cold.requests.empty());
    EXPECT_FALSE(find_tier({}, "", "fast"));
    EXPECT_TRUE(find_tier({}, "", "bulk")) << "a store that is never cold accepts any of the three";
}

TEST(SegmentRequests, AreOneForTheDigestsAndOneForEachRange) {
    constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;
    const auto requests = [](std::uint64_t part, std::uint64_t size) {
        catalog::Segment segment;
        segment.part_size = part;
        segment.stored_size = size;
        return archive::SegmentReader::requests_for(segment);
    };
    EXPECT_EQ(requests(8 * MiB, 0), 2U);
    EXPECT_EQ(requests(8 * MiB, 8 * MiB), 2U);
    EXPECT_EQ(requests(8 * MiB, 8 * MiB + 1), 3U);
    EXPECT_EQ(requests(32 * MiB, 64 * MiB), 3U);
    EXPECT_EQ(requests(36 * MiB, 36 * MiB), 6U) << "a large part is read by ranges of 8 MiB";
    EXPECT_EQ(requests(36 * MiB, 72 * MiB + 1), 12U) << "and no range goes beyond its end";
    EXPECT_EQ(requests(0, 5), 6U) << "a manifest may say anything";
}

TEST_F(ThawTest, EachSegmentHasTheTiersThatTheStoreReports) {
    const std::string name = archives.front().object_name(archives.front().segments.front());
    cold.tiers_of[name] = {{"expedited", 5min}, {"standard", 70h}, {"bulk", 80h}};
    const ThawPlan standard = plan({.tier = "standard"});
    EXPECT_EQ(standard.segments.front().promise, 70h);
    EXPECT_EQ(standard.segments.back().promise, 12h);
    EXPECT_EQ(standard.tier.longest, 70h);
    cold.tiers_of[name] = {{"standard", 5h}};
    const auto refused = plan_thaw(engine, archives, {.tier = "bulk"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_EQ(refused.error().hint, "give --tier standard");
}

TEST(Days, AreForTheTierAndFetchingAndOneMore) {
    constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;
    EXPECT_EQ(days_needed(12h, 0, 2 * MiB), days(2));
    EXPECT_EQ(days_needed(12h, 100 * 1024 * MiB, 2 * MiB), days(3));    // 12 h + 14.2 h
    EXPECT_EQ(days_needed(48h, 1024 * 1024 * MiB, 10 * MiB), days(5));  // 48 h + 29.1 h
    EXPECT_EQ(days_needed(5min, 1, 1), days(2));
    EXPECT_EQ(days_needed(12h, 1024ULL * 1024 * 1024 * MiB, 1), days(30'000))
        << "the maximum of S3";
}

TEST_F(ThawTest, ThePlanCountsColdSegmentsAndTheirCost) {
    const ThawPlan cold_plan = plan({.tier = "bulk", .days = days(6)});
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;
    for (const Manifest& archive : archives) {
        bytes += archive.stored_size;
        for (const catalog::Segment& segment : archive.segments)
            reads += 1 + (segment.stored_size + 65535) / 65536;
    }
    EXPECT_EQ(cold_plan.amount(Temperature::cold).segments, segments());
    EXPECT_EQ(cold_plan.amount(Temperature::cold).bytes, bytes);
    EXPECT_TRUE(cold_plan.asks());
    EXPECT_EQ(cold_plan.ready(clock.now()), clock.now() + 48h);
    const policy::Charges charges = cold_plan.charges(clock.now());
    ASSERT_EQ(charges.retrieval.size(), 1U);
    EXPECT_EQ(charges.retrieval[0].storage_class, "DEEP_ARCHIVE");
    EXPECT_EQ(charges.retrieval[0].tier, "bulk");
    EXPECT_EQ(charges.retrieval[0].requests, segments());
    EXPECT_EQ(charges.retrieval[0].retrieved, bytes);
    EXPECT_DOUBLE_EQ(charges.retrieval[0].kept_byte_days, static_cast<double>(bytes) * 6);
    EXPECT_EQ(charges.get_requests, reads);
    EXPECT_EQ(charges.egress, bytes);
    EXPECT_TRUE(estimate(engine.world, cold_plan, "")->has_value());
}

TEST_F(ThawTest, AFreeStoreShowsNoCost) {
    archive::Engine free{
        .archives = {.store = memory, .store_id = "", .store_options = {}, .catalog = catalog},
        .effort = {},
        .world = {.environment = environment,
                  .clock = clock,
                  .random = random,
                  .steps = steps,
                  .log = log,
                  .progress = progress}};
    const auto planned = plan_thaw(free, archives, {});
    ASSERT_TRUE(planned);
    EXPECT_FALSE(planned->asks());
    EXPECT_EQ(planned->amount(Temperature::hot).segments, segments());
    EXPECT_FALSE(estimate(free.world, *planned, "")->has_value());
}

TEST_F(ThawTest, RequestsAllAtOnceAndEachOnlyOnce) {
    ThawWatch watch(engine, plan({.tier = "bulk"}));
    EXPECT_EQ(*watch.ask(), segments());
    EXPECT_EQ(*watch.ask(), 0U);
    std::set<std::string> names;
    for (const auto& [name, request] : cold.requests) {
        names.insert(name);
        EXPECT_EQ(request.tier, "bulk");
        EXPECT_EQ(request.days, days(4)) << "48 hours, a second, and a day";
    }
    EXPECT_EQ(names.size(), segments());
    EXPECT_EQ(cold.requests.size(), segments());
    EXPECT_EQ(catalog.thaw_notes()->size(), segments());
}

TEST_F(ThawTest, TheSecondRunRequestsNothingAndKnowsTheTimeFromTheNote) {
    const TimePoint asked = clock.now();
    ASSERT_TRUE(ThawWatch(engine, plan()).ask());
    cold.requests.clear();
    clock.advance(5h);
    const ThawPlan here = plan({.tier = "bulk"});
    EXPECT_FALSE(here.asks());
    EXPECT_EQ(here.amount(Temperature::thawing).segments, segments());
    EXPECT_EQ(here.segments[0].asked, asked);
    EXPECT_EQ(here.ready(clock.now()), asked + 12h)
        << "by the tier that was requested, whatever this run's options say";
    forget_notes();
    const ThawPlan elsewhere = plan();
    EXPECT_FALSE(elsewhere.segments[0].asked);
    EXPECT_EQ(elsewhere.ready(clock.now()), clock.now() + 12h) << "at the latest";
    EXPECT_EQ(*ThawWatch(engine, elsewhere).ask(), 0U);
    EXPECT_TRUE(cold.requests.empty());
}

TEST_F(ThawTest, AnOldNoteIsIgnored) {
    ASSERT_TRUE(ThawWatch(engine, plan()).ask());
    clock.advance(days(100));
    // by another machine
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i)
        ASSERT_TRUE(cold.thaw(name(0, i), {}));
    const ThawPlan later = plan();
    EXPECT_TRUE(later.segments[0].is(Temperature::thawing));
    EXPECT_FALSE(later.segments[0].asked);
}

TEST_F(ThawTest, WaitsElevenHoursWithFewRequests) {
    const TimePoint begin = clock.now();
    const auto outcome = carry_out_thaw(engine, plan(), true, true);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->asked, segments());
    EXPECT_FALSE(outcome->waiting);
    EXPECT_EQ(outcome->plan.amount(Temperature::hot).segments, segments());
    EXPECT_GE(clock.now(), begin + 11h);
    EXPECT_LE(clock.now(), begin + 11h + 15min);
    // For each segment: one for the plan, one after the request and one at the end; in between for
    // one segment only.
    EXPECT_LE(cold.looks, 3 * segments() + 40);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawTest, NoticesAServerThatThawsInSeconds) {
    const TimePoint begin = clock.now();
    cold.delay = 6s;
    ASSERT_TRUE(carry_out_thaw(engine, plan(), true, true));
    EXPECT_LE(clock.now(), begin + 15s);
}

TEST_F(ThawTest, WaitsForAThawThatAnotherMachineRequested) {
    ASSERT_TRUE(ThawWatch(engine, plan()).ask());
    forget_notes();
    clock.advance(3h);
    const TimePoint begin = clock.now();
    const std::size_t looks = cold.looks;
    ASSERT_TRUE(carry_out_thaw(engine, plan(), false, true));
    EXPECT_LE(clock.now(), begin + 8h + 15min);
    EXPECT_LE(cold.looks - looks, 2 * segments() + 40) << "at growing intervals up to 15 minutes";
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawTest, WithoutARequestNothingIsThawedOrWaitedFor) {
    const TimePoint begin = clock.now();
    const auto outcome = carry_out_thaw(engine, plan(), false, true);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->waiting);
    EXPECT_EQ(outcome->plan.amount(Temperature::cold).segments, segments());
    EXPECT_EQ(clock.now(), begin);
    EXPECT_TRUE(cold.requests.empty());
}

TEST_F(ThawTest, AThawOfSecondsIsNoticedWithinSeconds) {
    store::MemoryStore quick(clock, {.thaw = 4s});
    archive::Engine local{
        .archives = {.store = quick, .store_id = "", .store_options = {}, .catalog = catalog},
        .effort = {},
        .world = {.environment = environment,
                  .clock = clock,
                  .random = random,
                  .steps = steps,
                  .log = log,
                  .progress = progress}};
    for (const Manifest& archive : archives) {
        for (const catalog::Segment& segment : archive.segments) {
            const auto upload = quick.begin(archive.object_name(segment), 4096, "");
            const auto part = quick.put_part(*upload, 1, {}, codec::sha256({}));
            ASSERT_TRUE(quick.complete(*upload, {*part}));
        }
    }
    const auto planned = plan_thaw(local, archives, {});
    ASSERT_TRUE(planned && planned->asks());
    const TimePoint begin = clock.now();
    ASSERT_TRUE(carry_out_thaw(local, *planned, true, true));
    EXPECT_EQ(clock.now(), begin + 4s);
}

TEST_F(ThawTest, ACopyThatWouldExpireIsProlonged) {
    // 4 hours for each archive, and each copy is readable for one day only.
    const std::uint64_t slow = std::max<std::uint64_t>(1, archives[0].stored_size / (20 * 3600));
    cold.delay = 1h;
    const auto outcome = carry_out_thaw(
        engine, plan({.tier = "standard", .days = days(1), .bandwidth = slow}), true, true);
    ASSERT_TRUE(outcome);
    cold.requests.clear();
    const ThawPlan hot = plan({.tier = "standard", .days = days(1), .bandwidth = slow});
    ASSERT_FALSE(hot.asks());
    EXPECT_FALSE(hot.expiring.empty());
    EXPECT_GT(hot.charges(clock.now()).retrieval.at(0).kept_byte_days, 0);
    ThawWatch watch(engine, hot);
    EXPECT_TRUE(*watch.readable(0));
    watch.keep(0, 0);
    const std::size_t prolonged = cold.requests.size();
    EXPECT_EQ(prolonged, hot.expiring.size());
    EXPECT_LT(prolonged, segments()) << "not those that are fetched before they expire";
    for (const auto& [segment, request] : cold.requests)
        EXPECT_EQ(request.tier, "bulk") << "the copy exists: the cheapest request is enough";
    watch.keep(0, 0);
    EXPECT_EQ(cold.requests.size(), prolonged) << "not at every byte";
    clock.advance(ThawWatch::keep_interval);
    watch.keep(0, archives[0].stream_size);
    EXPECT_EQ(cold.requests.size(), prolonged) << "no other copy is about to expire";
    // A restore that takes far longer than expected from its bandwidth.
    for (const TimePoint until = clock.now() + days(1) + 6h; clock.now() < until;
         clock.advance(ThawWatch::keep_interval))
        watch.keep(1, 0);
    for (std::size_t i = 0; i < archives[1].segments.size(); ++i)
        EXPECT_EQ(cold.thaw_state(name(1, i))->temperature, Temperature::hot);
}

/// Accepts bytes at a limited rate.
class SlowSink final : public Sink {
  public:
    SlowSink(ManualClock& clock, std::uint64_t bytes_a_second)
        : clock_(clock), rate_(bytes_a_second) {}
    Result<void> write(Bytes bytes) override {
        taken += bytes.size();
        owed_ += bytes.size();
        clock_.advance(std::chrono::seconds(owed_ / rate_));
        owed_ %= rate_;
        return {};
    }
    std::uint64_t taken = 0;

  private:
    ManualClock& clock_;
    std::uint64_t rate_;
    std::uint64_t owed_ = 0;
};

/// Restores both archives from a store whose copies stay readable for a day, in which ten segments
/// can be fetched.
class WaveTest : public ThawTest {
  protected:
    WaveTest() {
        cold.stay_readable_for(24h);
        cold.delay = 5h;
        engine.effort.threads = false;
    }
    void restore_at(std::uint64_t bytes_a_second) {
        ThawWatch watch(engine, plan({.tier = "standard", .days = {}, .bandwidth = bandwidth}));
        ASSERT_TRUE(watch.ask());
        first_wave = cold.requests.size();
        for (std::size_t i = 0; i < archives.size(); ++i) {
            ASSERT_TRUE(watch.wait_for(i));
            SlowSink slow(clock, bytes_a_second);
            KeepingSink sink(slow, watch, i);
            const auto fetched = archive::fetch_archive(
                engine, archives[i], sink,
                [&](std::size_t segment) { return watch.await_segment(i, segment); });
            ASSERT_TRUE(fetched) << fetched.error().message();
            EXPECT_EQ(slow.taken, archives[i].stream_size);
        }
    }
    const std::uint64_t bandwidth = archives[0].segments[0].stored_size * 10 / (20 * 3600);
    std::size_t first_wave = 0;
};

TEST_F(WaveTest, RequestsNoMoreThanCanBeFetchedAndNothingTwice) {
    restore_at(bandwidth);
    EXPECT_GE(first_wave, 9U);
    EXPECT_LE(first_wave, 11U);
    std::set<std::string> names;
    for (const auto& [name, request] : cold.requests) names.insert(name);
    EXPECT_EQ(names.size(), segments());
    EXPECT_EQ(cold.requests.size(), segments()) << "each is paid for once";
}

TEST_F(WaveTest, ACopyThatExpiresBecauseFetchingIsSlowIsRequestedAgain) {
    restore_at(bandwidth / 3 + 1);
    EXPECT_GT(cold.requests.size(), segments());
    EXPECT_LT(cold.requests.size(), segments() * 3);
}

TEST_F(ThawTest, AThawThatTheStoreLostIsReportedAndNotPaidForTwice) {
    ThawWatch watch(engine, plan({.tier = "standard", .days = days(1)}));
    ASSERT_TRUE(watch.ask());
    clock.advance(days(3));
    const auto waited = watch.wait_for(0);
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().kind, ErrorKind::cold);
    EXPECT_EQ(cold.requests.size(), segments());
}

}  // namespace
}  // namespace zg::thaw
