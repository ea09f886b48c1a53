#include "thaw/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/catalog.hpp"
#include "flow/workers.hpp"
#include "store/store.hpp"
#include "thaw/thaw.hpp"

namespace zg::thaw {

namespace {

using std::chrono::milliseconds;
using store::Temperature;
using namespace std::chrono_literals;

// After this long a machine notices that it was suspended; copies are checked this often.
constexpr milliseconds longest_sleep = 15min;

/// The pauses between checks, once a thaw may be done.
struct Pace {
    milliseconds first;
    milliseconds longest;
};

Pace pace_of(std::chrono::seconds promise) {
    if (promise >= 1h) return {1min, 15min};
    if (promise >= 1min) return {10s, 1min};
    return {200ms, 2s};
}

// Amazon's thaws take most of the announced time; those of some other servers are done in seconds.
constexpr Pace early_pace{5s, 1h};

/// A thaw is not expected to be done before this part of the announced time.
std::chrono::seconds earliest(std::chrono::seconds promise) { return promise * 3 / 4; }

}  // namespace

ThawWatch::ThawWatch(const archive::Engine& engine, ThawPlan plan)
    : engine_(engine),
      plan_(std::move(plan)),
      done_(plan_.segments.size()),
      asked_(plan_.segments.size()) {}

Result<std::size_t> ThawWatch::ask() {
    const std::lock_guard lock(mutex_);
    return request_wave();
}

Result<std::size_t> ThawWatch::request_wave() {
    std::vector<std::size_t> cold;
    const std::size_t end = wave_end(plan_, done_);
    for (std::size_t i = 0; i < end; ++i) {
        if (done_[i]) continue;
        // A copy that has expired before it was fetched, or a retrieval that failed: request it
        // again.
        if (plan_.readable_for && asked_[i] &&
            engine_.world.clock.now() >= *asked_[i] + plan_.segments[i].promise)
            asked_[i].reset();
        if (plan_.segments[i].is(Temperature::cold) && !asked_[i]) cold.push_back(i);
    }
    if (cold.empty()) return std::size_t{0};
    std::vector<char> asked(cold.size(), 0);
    auto all = [&] {
        flow::Workers workers(engine_.effort.callers());
        return flow::for_each(workers, cold.size(), [&](std::size_t i) -> Result<void> {
            const std::string& name = plan_.segments[cold[i]].name;
            ZG_CHECK(
                engine_.archives.store.thaw(name, {.tier = plan_.tier.name, .days = plan_.days}));
            asked[i] = 1;
            return look_after_request(cold[i]);
        });
    }();
    // Note the requests that succeeded even if others failed.
    std::vector<std::size_t> noted;
    for (std::size_t i = 0; i < cold.size(); ++i) {
        if (asked[i] != 0) noted.push_back(cold[i]);
    }
    note_requested(noted);
    if (all) return noted.size();
    if (all.error().hint.empty())
        all.error().hint = fmt::format(
            "the thaw of {} of {} segments was requested; run the same command again for the "
            "rest{}",
            noted.size(), cold.size(),
            plan_.tier.name == "expedited"
                ? ", with --tier standard if there is no capacity for expedited thaws"
                : "");
    return fail(std::move(all.error()));
}

Result<void> ThawWatch::look(std::size_t segment) {
    auto state = engine_.archives.store.thaw_state(plan_.segments[segment].name);
    plan_.segments[segment].missing = !state && state.error().kind == ErrorKind::not_found;
    if (plan_.segments[segment].missing) return {};
    if (!state) return fail(std::move(state.error()));
    plan_.segments[segment].state = *state;
    return {};
}

/// Updates the state after a request, which a store may take a moment to show.
Result<void> ThawWatch::look_after_request(std::size_t segment) {
    ZG_CHECK(look(segment));
    store::ThawState& state = plan_.segments[segment].state;
    if (state.temperature == Temperature::cold)
        state = {.temperature = Temperature::thawing,
                 .requested = engine_.world.clock.now(),
                 .expected = {},
                 .readable_until = {}};
    return {};
}

void ThawWatch::note_requested(const std::vector<std::size_t>& segments) {
    const catalog::ThawNote note{.asked = engine_.world.clock.now(), .tier = plan_.tier.name};
    std::vector<std::string> names;
    for (const std::size_t i : segments) {
        asked_[i] = note.asked;
        names.push_back(plan_.segments[i].name);
        set_thaw_times(plan_.segments[i], &note, note.asked);
    }
    if (auto noted = engine_.archives.catalog.note_thaws(names, note); !noted)
        engine_.world.log.warning(noted.error().message() + "; the thaw is not affected");
}

std::optional<std::size_t> ThawWatch::first_unreadable(std::size_t archive) const {
    const TimePoint now = engine_.world.clock.now();
    const std::size_t end = wave_end(plan_, done_);
    for (std::size_t i = 0; i < end; ++i) {
        const ThawSegment& segment = plan_.segments[i];
        if (done_[i] || segment.archive != archive || segment.missing) continue;
        const bool expired = segment.state.readable_until && *segment.state.readable_until <= now;
        if (!segment.is(Temperature::hot) || expired) return i;
    }
    return std::nullopt;
}

Result<bool> ThawWatch::readable(std::size_t archive) {
    const auto first = first_unreadable(archive);
    if (!first) return true;
    // Usually they thaw together: check only one until it is done.
    ZG_CHECK(look(*first));
    std::vector<std::size_t> rest;
    if (plan_.segments[*first].missing || plan_.segments[*first].is(Temperature::hot)) {
        const std::size_t end = wave_end(plan_, done_);
        for (std::size_t i = *first + 1; i < end; ++i) {
            if (plan_.segments[i].archive == archive && !plan_.segments[i].missing &&
                !plan_.segments[i].is(Temperature::hot))
                rest.push_back(i);
        }
        flow::Workers workers(engine_.effort.callers());
        ZG_CHECK(
            flow::for_each(workers, rest.size(), [&](std::size_t i) { return look(rest[i]); }));
    }
    rest.push_back(*first);
    for (const std::size_t i : rest) {
        ThawSegment& segment = plan_.segments[i];
        if (!segment.is(Temperature::cold) || !asked_[i]) continue;
        const bool overdue = engine_.world.clock.now() >= *asked_[i] + segment.promise;
        if (overdue && plan_.readable_for) continue;
        if (overdue)
            return fail({.kind = ErrorKind::cold,
                         .what = fmt::format("the thaw was requested at {} and should be done, but "
                                             "the store reports that the segment is still cold",
                                             rfc3339_utc(*asked_[i])),
                         .where = segment.name,
                         .hint = "run the same command again to request it once more"});
        segment.state.temperature = Temperature::thawing;
    }
    return !first_unreadable(archive);
}

Result<void> ThawWatch::wait_for(std::size_t archive) {
    Pause pause;
    for (bool logged = false;; logged = true) {
        ZG_TRY(const bool now, readable(archive));
        if (now) return {};
        // Request copies that have expired since the plan was made.
        ZG_CHECK(ask());
        const auto segment = first_unreadable(archive);
        if (!segment) continue;
        const ThawSegment& waiting = plan_.segments[*segment];
        if (!logged)
            engine_.world.log.info(fmt::format(
                "waiting for the thaw of {}{}", waiting.name,
                waiting.expected ? ", which should be done by " + rfc3339_utc(*waiting.expected)
                                 : ""));
        sleep_until_next_look(archive, *segment, pause);
    }
}

milliseconds ThawWatch::next_pause(std::size_t segment, Pause& pause) const {
    const ThawSegment& waiting = plan_.segments[segment];
    const TimePoint now = engine_.world.clock.now();
    const std::optional<TimePoint> early =
        waiting.asked ? std::optional(*waiting.asked + earliest(waiting.promise)) : std::nullopt;
    if (waiting.state.expected && now < *waiting.state.expected)
        return *waiting.state.expected - now;
    if (early && now < *early)
        return std::min<milliseconds>(
            pause.early = std::clamp(pause.early * 2, early_pace.first, early_pace.longest),
            *early - now);
    return pause.late = std::clamp(pause.late * 2, pace_of(waiting.promise).first,
                                   pace_of(waiting.promise).longest);
}

void ThawWatch::sleep_until_next_look(std::size_t archive, std::size_t segment, Pause& pause) {
    milliseconds next = next_pause(segment, pause);
    while (next > milliseconds(0)) {
        const milliseconds part = std::min(next, longest_sleep);
        const TimePoint before = engine_.world.clock.now();
        engine_.world.clock.sleep(part);
        keep(archive, 0);
        // If the machine was suspended, more time has passed.
        next -= std::max<milliseconds>(part, engine_.world.clock.now() - before);
    }
}

Result<void> ThawWatch::await_segment(std::size_t archive, std::size_t segment) {
    if (!plan_.readable_for) return {};
    std::size_t index = 0;
    while (index < plan_.segments.size() && plan_.segments[index].archive != archive) ++index;
    index += segment - (archive == 0 ? plan_.first_segment : 0);
    Pause pause;
    for (bool logged = false;; logged = true) {
        milliseconds next{0};
        {
            const std::lock_guard lock(mutex_);
            // All segments before it were read: the wave begins here.
            for (std::size_t i = 0; i < index; ++i) done_[i] = true;
            done_[index] = false;
            const auto until = plan_.segments[index].state.readable_until;
            if (!plan_.segments[index].is(Temperature::hot) ||
                (until && *until <= engine_.world.clock.now()))
                ZG_CHECK(look(index));
            if (plan_.segments[index].missing || plan_.segments[index].is(Temperature::hot))
                return {};
            ZG_CHECK(request_wave());
            if (!logged)
                engine_.world.log.info(
                    fmt::format("waiting for the thaw of {}", plan_.segments[index].name));
            next = std::min(next_pause(index, pause), longest_sleep);
        }
        engine_.world.clock.sleep(next);
    }
}

void ThawWatch::keep(std::size_t archive, std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    const auto now = engine_.world.clock.monotonic();
    if (kept_ && now - *kept_ < keep_interval) return;
    kept_ = now;
    for (std::size_t i = 0; i < plan_.segments.size(); ++i) {
        const ThawSegment& segment = plan_.segments[i];
        done_[i] = segment.archive < archive ||
                   (segment.archive == archive && segment.stream_end <= position);
    }
    if (plan_.readable_for) {
        if (auto asked = request_wave(); !asked)
            engine_.world.log.warning(asked.error().message() + "; retrying later");
        return;
    }
    prolong(find_expiring(plan_, engine_.world.clock.now(), done_));
}

void ThawWatch::prolong(const std::vector<Prolongation>& expiring) {
    if (expiring.empty()) return;
    flow::Workers workers(engine_.effort.callers());
    auto prolonged = flow::for_each(workers, expiring.size(), [&](std::size_t i) -> Result<void> {
        const ThawSegment& segment = plan_.segments[expiring[i].segment];
        ZG_CHECK(engine_.archives.store.thaw(
            segment.name,
            {.tier = segment.cheapest_tier(plan_.cheapest_tier), .days = expiring[i].days}));
        return look(expiring[i].segment);
    });
    if (prolonged)
        engine_.world.log.info(
            fmt::format("{} thawed segment{} would have expired before being fetched: prolonged",
                        expiring.size(), expiring.size() == 1 ? "" : "s"));
    else
        engine_.world.log.warning(prolonged.error().message() +
                                  "; thawed segments may expire before they are fetched");
}

Result<ThawOutcome> carry_out_thaw(const archive::Engine& engine, ThawPlan plan, bool request,
                                   bool wait) {
    ThawOutcome outcome;
    ThawPlan under_way = plan;
    // Do not wait for segments that are cold and not requested.
    if (!request)
        std::erase_if(under_way.segments,
                      [](const ThawSegment& segment) { return segment.is(Temperature::cold); });
    ThawWatch watch(engine, std::move(under_way));
    ZG_TRY(outcome.asked, watch.ask());
    for (std::size_t i = 0; wait && i < plan.archives; ++i) ZG_CHECK(watch.wait_for(i));
    outcome.waiting = watch.plan().amount(Temperature::thawing).segments > 0;
    if (outcome.waiting) outcome.retry_at = watch.plan().ready(engine.world.clock.now());
    auto now = watch.plan().segments.begin();
    for (ThawSegment& segment : plan.segments) {
        if (now != watch.plan().segments.end() && now->name == segment.name) segment = *now++;
    }
    outcome.plan = std::move(plan);
    return outcome;
}

Result<void> KeepingSink::write(Bytes bytes) {
    auto written = inner_.write(bytes);
    position_ += bytes.size();
    watch_.keep(archive_, position_);
    return written;
}

}  // namespace zg::thaw
