// Thaws from the plan to the last byte received, on a clock of their own.
#include "job/thaw_watch.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <mutex>

#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "flow/pipeline.hpp"
#include "job/fetch.hpp"
#include "job/restore.hpp"
#include "job/put_stream.hpp"
#include "store/forwarding_store.hpp"
#include "store/memory_store.hpp"
#include "store/s3_options.hpp"
#include "stream/testing/builder.hpp"

namespace zg::job {
namespace {

using namespace std::chrono_literals;
using catalog::Manifest;
using store::Temperature;
using std::chrono::days;

/// Cold as S3 is: it tells that something is being thawed, and neither since when nor until when; and each segment can take a time of its own.
class ColdStore final : public store::ForwardingStore {
  public:
    ColdStore(store::Store& inner, Clock& clock) : ForwardingStore(inner), clock_(clock), limits_(inner.limits()) {
        limits_.cold = true;
        limits_.reading_costs = true;
        limits_.thaw_tiers = store::s3_thaw_tiers(storage_class);
    }
    [[nodiscard]] const store::Limits& limits() const override { return limits_; }

    Result<void> thaw(std::string_view name, const store::ThawRequest& request) override {
        const std::lock_guard guard(mutex_);
        requests.emplace_back(name, request);
        Thaw& thaw = thaws_[std::string(name)];
        const TimePoint now = clock_.now();
        const bool readable = thaw.until > now && thaw.ready <= now;
        if (readable && !limits_.readable_for) {
            thaw.until = std::max(thaw.until, now + request.days);
        } else if (thaw.until <= now) {
            thaw.ready = now + (delays.contains(std::string(name)) ? delays[std::string(name)] : delay);
            thaw.until = thaw.ready + limits_.readable_for.value_or(request.days);
        }
        return {};
    }
    Result<store::ThawState> thaw_state(std::string_view name) override {
        ZG_TRY(const store::Stat stat, inner_.stat(name));
        const std::lock_guard guard(mutex_);
        ++looks;
        if (!name.ends_with(".zfs")) return store::ThawState{};
        const Thaw thaw = thaws_[std::string(name)];
        const TimePoint now = clock_.now();
        if (thaw.until <= now) return store::ThawState{.temperature = Temperature::cold};
        if (thaw.ready > now) return store::ThawState{.temperature = Temperature::thawing};
        return store::ThawState{.temperature = Temperature::hot, .readable_until = thaw.until};
    }
    Result<store::Stat> stat(std::string_view name) override {
        ZG_TRY(store::Stat stat, inner_.stat(name));
        ZG_TRY(stat.thaw, thaw_state(name));
        stat.storage_class = storage_class;
        return stat;
    }
    Result<std::size_t> read(std::string_view name, std::uint64_t offset, MutableBytes into) override {
        ZG_TRY(const store::ThawState state, thaw_state(name));
        if (state.temperature != Temperature::hot) return fail({.kind = ErrorKind::cold, .what = "cold", .where = std::string(name)});
        return inner_.read(name, offset, into);
    }

    /// As a vault: nothing is prolonged.
    void stay_readable_for(std::chrono::seconds time) { limits_.readable_for = time; }

    static constexpr const char* storage_class = "DEEP_ARCHIVE";
    std::chrono::seconds delay = 11h;
    std::map<std::string, std::chrono::seconds> delays;  // of some segments
    std::vector<std::pair<std::string, store::ThawRequest>> requests;
    std::size_t looks = 0;

  private:
    struct Thaw {
        TimePoint ready{};
        TimePoint until{};
    };
    Clock& clock_;
    store::Limits limits_;
    std::mutex mutex_;
    std::map<std::string, Thaw> thaws_;
};

/// Keeps each line with the time at which it was said.
class TimedLog final : public Log {
  public:
    explicit TimedLog(Clock& clock) : clock_(clock) {}
    void line(Level level, std::string_view text) override {
        const std::lock_guard guard(mutex_);
        lines.push_back({level, clock_.now(), std::string(text)});
    }
    [[nodiscard]] std::optional<TimePoint> when(const std::string& part) const {
        for (const auto& [level, time, text] : lines) {
            if (text.find(part) != std::string::npos) return time;
        }
        return std::nullopt;
    }
    struct Line {
        Level level;
        TimePoint time;
        std::string text;
    };
    std::vector<Line> lines;

  private:
    std::mutex mutex_;
    Clock& clock_;
};

class ThawTest : public testing::Test {
  protected:
    ThawTest() {
        // A full archive and an incremental one, of several segments each.
        archives.push_back(store_archive("20261123T020000Z-0123abcd", 11, 0));
        archives.push_back(store_archive("20261124T020000Z-0123abcd", 12, 11));
        context.store_options = {{"class", "DEEP_ARCHIVE"}};
    }

    Manifest store_archive(const std::string& id, std::uint64_t guid, std::uint64_t from) {
        stream::testing::Builder builder;
        builder.begin(guid, from);
        for (unsigned i = 1; i <= 900; ++i) builder.object(i).write(i, 0, 4096);
        builder.end();
        const Buffer stream = builder.bytes();
        BytesSource source(stream);
        CheckedInput input(source);
        auto segments = put_stream(context, id, input, {{.segment_size = 64 * 1024, .part_size = 65536}, std::nullopt});
        EXPECT_TRUE(segments);
        Manifest manifest;
        manifest.archive_id = id;
        manifest.host = "host";
        manifest.dataset = "vat/testfs";
        manifest.snapshot = "s" + std::to_string(guid);
        manifest.snapshot_time = TimePoint(std::chrono::seconds(guid));
        manifest.to_guid = guid;
        manifest.from_guid = from;
        manifest.compression = "none";
        manifest.stream_size = stream.size();
        manifest.segments = std::move(*segments);
        for (const catalog::Segment& segment : manifest.segments) manifest.stored_size += segment.stored_size;
        EXPECT_GT(manifest.segments.size(), 2U);
        return manifest;
    }

    ThawPlan plan(const ThawChoice& choice = {}) {
        auto planned = plan_thaw(context, archives, choice);
        EXPECT_TRUE(planned) << planned.error().message();
        return *planned;
    }
    [[nodiscard]] std::size_t segments() const { return archives[0].segments.size() + archives[1].segments.size(); }
    [[nodiscard]] std::string name(std::size_t archive, std::size_t segment) const { return archives[archive].object_name(archives[archive].segments[segment]); }

    /// As another machine would go on.
    void forget_notes() { ASSERT_TRUE(catalog.clear()); }

    ManualClock clock;
    TimedLog log{clock};
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    store::MemoryStore memory{clock};
    ColdStore cold{memory, clock};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Context context{.store = cold, .store_id = std::string(32, 'a'), .store_options = {}, .catalog = catalog, .clock = clock, .random = random, .log = log, .progress = progress,
                    .steps = steps, .host = "host", .machine_id = "machine", .state_dir = "", .threads = true};
    std::vector<Manifest> archives;
};

TEST_F(ThawTest, ATierThatTheClassLacksIsRefusedBeforeAnythingIsAsked) {
    for (const char* tier : {"expedited", "Standard", ""}) {
        const auto planned = plan_thaw(context, archives, {.tier = tier});
        ASSERT_FALSE(planned) << tier;
        EXPECT_EQ(planned.error().kind, ErrorKind::usage);
        EXPECT_NE(planned.error().what.find("DEEP_ARCHIVE"), std::string::npos) << planned.error().what;
        EXPECT_NE(planned.error().hint.find("standard or bulk"), std::string::npos) << planned.error().hint;
    }
    EXPECT_EQ(cold.looks, 0U);
    EXPECT_TRUE(cold.requests.empty());
    EXPECT_TRUE(find_tier(cold.limits(), "GLACIER", "expedited")) << "an object of another class";
    EXPECT_FALSE(find_tier(store::Limits{}, "", "fast"));
    EXPECT_TRUE(find_tier(store::Limits{}, "", "bulk")) << "a store that is never cold takes any of the three";
}

TEST(Days, TierAndFetchingAndOneMore) {
    constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;
    EXPECT_EQ(days_needed(12h, 0, 2 * MiB), days(2));
    EXPECT_EQ(days_needed(12h, 100 * 1024 * MiB, 2 * MiB), days(3));             // 12 h + 14.2 h
    EXPECT_EQ(days_needed(48h, 1024 * 1024 * MiB, 10 * MiB), days(5));           // 48 h + 29.1 h
    EXPECT_EQ(days_needed(5min, 1, 1), days(2));
    EXPECT_EQ(days_needed(12h, 1024ULL * 1024 * 1024 * MiB, 1), days(30'000)) << "the longest that S3 takes";
}

TEST_F(ThawTest, ThePlanCountsWhatIsColdAndWhatItCosts) {
    const ThawPlan cold_plan = plan({.tier = "bulk", .days = days(6)});
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;
    for (const Manifest& archive : archives) {
        bytes += archive.stored_size;
        for (const catalog::Segment& segment : archive.segments) reads += 1 + (segment.stored_size + 65535) / 65536;
    }
    EXPECT_EQ(cold_plan.amount(Temperature::cold).segments, segments());
    EXPECT_EQ(cold_plan.amount(Temperature::cold).bytes, bytes);
    EXPECT_TRUE(cold_plan.asks());
    EXPECT_EQ(cold_plan.ready(clock.now()), clock.now() + 48h);
    const Charges charges = cold_plan.charges(clock.now());
    ASSERT_EQ(charges.retrieval.size(), 1U);
    EXPECT_EQ(charges.retrieval[0].storage_class, "DEEP_ARCHIVE");
    EXPECT_EQ(charges.retrieval[0].tier, "bulk");
    EXPECT_EQ(charges.retrieval[0].requests, segments());
    EXPECT_EQ(charges.retrieval[0].retrieved, bytes);
    EXPECT_DOUBLE_EQ(charges.retrieval[0].kept_byte_days, static_cast<double>(bytes) * 6);
    EXPECT_EQ(charges.get_requests, reads);
    EXPECT_EQ(charges.egress, bytes);
    EXPECT_TRUE(estimate(cold_plan, "", clock.now())->has_value());
}

TEST_F(ThawTest, AStoreThatCostsNothingShowsNoDollars) {
    Context free{.store = memory, .store_id = "", .store_options = {}, .catalog = catalog, .clock = clock, .random = random, .log = log, .progress = progress, .steps = steps,
                 .host = "", .machine_id = "", .state_dir = ""};
    const auto planned = plan_thaw(free, archives, {});
    ASSERT_TRUE(planned);
    EXPECT_FALSE(planned->asks());
    EXPECT_EQ(planned->amount(Temperature::hot).segments, segments());
    EXPECT_FALSE(estimate(*planned, "", clock.now())->has_value());
}

TEST_F(ThawTest, AsksForAllAtOnceAndEachOnlyOnce) {
    ThawWatch watch(context, plan({.tier = "bulk"}));
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

TEST_F(ThawTest, TheSecondRunAsksForNothingAndKnowsWhenFromTheNote) {
    const TimePoint asked = clock.now();
    ASSERT_TRUE(ThawWatch(context, plan()).ask());
    cold.requests.clear();
    clock.advance(5h);
    const ThawPlan here = plan({.tier = "bulk"});
    EXPECT_FALSE(here.asks());
    EXPECT_EQ(here.amount(Temperature::thawing).segments, segments());
    EXPECT_EQ(here.segments[0].asked, asked);
    EXPECT_EQ(here.ready(clock.now()), asked + 12h) << "as the tier that was asked for, whatever this run says";
    forget_notes();
    const ThawPlan elsewhere = plan();
    EXPECT_FALSE(elsewhere.segments[0].asked);
    EXPECT_EQ(elsewhere.ready(clock.now()), clock.now() + 12h) << "at the latest";
    EXPECT_EQ(*ThawWatch(context, elsewhere).ask(), 0U);
    EXPECT_TRUE(cold.requests.empty());
}

TEST_F(ThawTest, AnOldNoteDoesNotCount) {
    ASSERT_TRUE(ThawWatch(context, plan()).ask());
    clock.advance(days(100));
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i) ASSERT_TRUE(cold.thaw(name(0, i), {}));  // by another machine
    const ThawPlan later = plan();
    EXPECT_TRUE(later.segments[0].is(Temperature::thawing));
    EXPECT_FALSE(later.segments[0].asked);
}

TEST_F(ThawTest, WaitsElevenHoursWithFewLooks) {
    const TimePoint begin = clock.now();
    const auto outcome = carry_out_thaw(context, plan(), true, true);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->asked, segments());
    EXPECT_FALSE(outcome->waiting);
    EXPECT_EQ(outcome->plan.amount(Temperature::hot).segments, segments());
    EXPECT_GE(clock.now(), begin + 11h);
    EXPECT_LE(clock.now(), begin + 11h + 15min);
    // One for the plan, one after asking and one at the end for each; in between one segment alone.
    EXPECT_LE(cold.looks, 3 * segments() + 40);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawTest, NoticesAServerThatThawsInSeconds) {
    const TimePoint begin = clock.now();
    cold.delay = 6s;
    ASSERT_TRUE(carry_out_thaw(context, plan(), true, true));
    EXPECT_LE(clock.now(), begin + 15s);
}

TEST_F(ThawTest, WaitsForOneThatAnotherMachineAskedFor) {
    ASSERT_TRUE(ThawWatch(context, plan()).ask());
    forget_notes();
    clock.advance(3h);
    const TimePoint begin = clock.now();
    const std::size_t looks = cold.looks;
    ASSERT_TRUE(carry_out_thaw(context, plan(), false, true));
    EXPECT_LE(clock.now(), begin + 8h + 15min);
    EXPECT_LE(cold.looks - looks, 2 * segments() + 40) << "at growing intervals up to 15 minutes";
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawTest, WithoutARequestNothingIsAskedNorWaitedFor) {
    const TimePoint begin = clock.now();
    const auto outcome = carry_out_thaw(context, plan(), false, true);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->waiting);
    EXPECT_EQ(outcome->plan.amount(Temperature::cold).segments, segments());
    EXPECT_EQ(clock.now(), begin);
    EXPECT_TRUE(cold.requests.empty());
}

TEST_F(ThawTest, AThawOfSecondsIsNotWaitedForForMinutes) {
    store::MemoryStore quick(clock, {.thaw = 4s});
    Context local{.store = quick, .store_id = "", .store_options = {}, .catalog = catalog, .clock = clock, .random = random, .log = log, .progress = progress, .steps = steps,
                  .host = "", .machine_id = "", .state_dir = ""};
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
    // 4 hours for each archive; and each copy is there for one day only.
    const std::uint64_t slow = std::max<std::uint64_t>(1, archives[0].stored_size / (20 * 3600));
    cold.delay = 1h;
    const auto outcome = carry_out_thaw(context, plan({.tier = "standard", .days = days(1), .bandwidth = slow}), true, true);
    ASSERT_TRUE(outcome);
    cold.requests.clear();
    const ThawPlan hot = plan({.tier = "standard", .days = days(1), .bandwidth = slow});
    ASSERT_FALSE(hot.asks());
    EXPECT_FALSE(hot.expiring.empty());
    EXPECT_GT(hot.charges(clock.now()).retrieval.at(0).kept_byte_days, 0);
    ThawWatch watch(context, hot);
    EXPECT_TRUE(*watch.readable(0));
    watch.keep(0, 0);
    const std::size_t prolonged = cold.requests.size();
    EXPECT_EQ(prolonged, hot.expiring.size());
    EXPECT_LT(prolonged, segments()) << "not those that are fetched before";
    for (const auto& [segment, request] : cold.requests) EXPECT_EQ(request.tier, "bulk") << "the copy is there: the cheapest request will do";
    watch.keep(0, 0);
    EXPECT_EQ(cold.requests.size(), prolonged) << "not at every byte";
    clock.advance(ThawWatch::keep_interval);
    watch.keep(0, archives[0].stream_size);
    EXPECT_EQ(cold.requests.size(), prolonged) << "nothing new is in danger";
    // A restore that takes far longer than its bandwidth promised.
    for (const TimePoint until = clock.now() + days(1) + 6h; clock.now() < until; clock.advance(ThawWatch::keep_interval)) watch.keep(1, 0);
    for (std::size_t i = 0; i < archives[1].segments.size(); ++i) EXPECT_EQ(cold.thaw_state(name(1, i))->temperature, Temperature::hot);
}

/// Takes bytes no faster than this.
class SlowSink final : public Sink {
  public:
    SlowSink(ManualClock& clock, std::uint64_t bytes_a_second) : clock_(clock), rate_(bytes_a_second) {}
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

/// Restores both archives from a store whose copies stay for a day, ten segments of which can be fetched in the time.
class WaveTest : public ThawTest {
  protected:
    WaveTest() {
        cold.stay_readable_for(24h);
        cold.delay = 5h;
        context.threads = false;
    }
    void restore_at(std::uint64_t bytes_a_second) {
        ThawWatch watch(context, plan({.tier = "standard", .days = {}, .bandwidth = bandwidth}));
        ASSERT_TRUE(watch.ask());
        first_wave = cold.requests.size();
        for (std::size_t i = 0; i < archives.size(); ++i) {
            ASSERT_TRUE(watch.wait_for(i));
            SlowSink slow(clock, bytes_a_second);
            KeepingSink sink(slow, watch, i);
            const auto fetched = fetch_archive(context, archives[i], sink, [&](std::size_t segment) { return watch.await_segment(i, segment); });
            ASSERT_TRUE(fetched) << fetched.error().message();
            EXPECT_EQ(slow.taken, archives[i].stream_size);
        }
    }
    const std::uint64_t bandwidth = archives[0].segments[0].stored_size * 10 / (20 * 3600);
    std::size_t first_wave = 0;
};

TEST_F(WaveTest, NoMoreIsAskedForThanCanBeFetchedAndNothingTwice) {
    restore_at(bandwidth);
    EXPECT_GE(first_wave, 9U);
    EXPECT_LE(first_wave, 11U);
    std::set<std::string> names;
    for (const auto& [name, request] : cold.requests) names.insert(name);
    EXPECT_EQ(names.size(), segments());
    EXPECT_EQ(cold.requests.size(), segments()) << "each is paid for once";
}

TEST_F(WaveTest, WhatLapsesBecauseFetchingIsSlowIsAskedForAgain) {
    restore_at(bandwidth / 3 + 1);
    EXPECT_GT(cold.requests.size(), segments());
    EXPECT_LT(cold.requests.size(), segments() * 3);
}

TEST_F(ThawTest, AThawThatTheStoreForgetsIsSaidAndNotPaidForTwice) {
    ThawWatch watch(context, plan({.tier = "standard", .days = days(1)}));
    ASSERT_TRUE(watch.ask());
    clock.advance(days(3));
    const auto waited = watch.wait_for(0);
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().kind, ErrorKind::cold);
    EXPECT_EQ(cold.requests.size(), segments());
}

/// With a zfs that takes every stream and remembers its guid.
class ThawedRestoreTest : public ThawTest {
  protected:
    ThawedRestoreTest() {
        const std::string program = folder.path() + "/zfs";
        std::ofstream(program) << "#!/bin/sh\ncd " << folder.path() << R"(
case "$1 $*" in
*mountpoint*) printf -- '-\t-\n' ;;
get*) [ -f guids ] || { echo 'dataset does not exist' >&2; exit 1; }
    printf 'vat/back\ttype\tfilesystem\nvat/back\tguid\t1\n'
    while read -r guid; do printf 'vat/back@s%s\tguid\t%s\nvat/back@s%s\tcreatetxg\t%s\n' $guid $guid $guid $guid; done <guids ;;
receive*) cat >stream; od -An -tu8 -j40 -N8 stream | tr -d ' ' >>guids ;;
esac
)";
        ::chmod(program.c_str(), 0755);
        zfs.emplace(*zfs::Zfs::open(program, steps));
        view.archives = archives;
        options.source.text = "vat/testfs";
        options.target = "vat/back";
    }

    Result<RestoreReport> run() {
        ZG_TRY(const RestorePlan planned, plan_restore(context, *zfs, view, options));
        return restore(context, *zfs, planned, options);
    }

    TemporaryFolder folder;
    std::optional<zfs::Zfs> zfs;
    ArchiveView view;
    RestoreOptions options;
};

TEST_F(ThawedRestoreTest, TheFirstArchiveIsReceivedWhileTheSecondStillThaws) {
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i) cold.delays[name(0, i)] = 9h + 30min;
    options.wait = true;
    const TimePoint begin = clock.now();
    const auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->received, 2U);
    EXPECT_FALSE(report->waiting);
    const auto first = log.when("received vat/back@s11");
    const auto second = log.when("received vat/back@s12");
    ASSERT_TRUE(first && second);
    EXPECT_GE(*first, begin + 9h + 30min);
    EXPECT_LT(*first, begin + 10h);
    EXPECT_GE(*second, begin + 11h);
    EXPECT_LT(*second, begin + 11h + 15min);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawedRestoreTest, WithoutWaitingItGoesOnAtEachRun) {
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i) cold.delays[name(0, i)] = 9h;
    const TimePoint begin = clock.now();
    auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->waiting);
    EXPECT_EQ(report->asked, segments());
    EXPECT_EQ(report->come_back, begin + 12h);
    EXPECT_EQ(clock.now(), begin) << "nothing was waited for";
    clock.advance(10h);
    report = run();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->waiting);
    EXPECT_EQ(report->asked, 0U);
    EXPECT_EQ(report->received, 1U) << "what is readable is received";
    forget_notes();
    clock.advance(2h);
    report = run();
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->waiting);
    EXPECT_EQ(report->received, 1U);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawedRestoreTest, NothingIsPaidForWhereASegmentIsMissing) {
    ASSERT_TRUE(memory.remove(name(1, 0)));
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::damage);
    EXPECT_EQ(report.error().where, name(1, 0));
    EXPECT_FALSE(report.error().hint.empty());
    EXPECT_TRUE(cold.requests.empty());
    options.source.text = "vat/testfs@s11";
    EXPECT_TRUE(run()) << "an earlier snapshot can be restored";
}

TEST_F(ThawedRestoreTest, AStreamIsThawedTheSameWay) {
    BufferSink out;
    const auto planned = plan_thaw(context, std::span(&archives[1], 1), {});
    ASSERT_TRUE(planned);
    auto report = restore_stream(context, archives[1], *planned, false, out);
    ASSERT_TRUE(report && report->waiting);
    EXPECT_TRUE(out.buffer.empty());
    report = restore_stream(context, archives[1], *plan_thaw(context, std::span(&archives[1], 1), {}), true, out);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(out.buffer.size(), archives[1].stream_size);
}

}  // namespace
}  // namespace zg::job
