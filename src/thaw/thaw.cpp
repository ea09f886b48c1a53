#include "thaw/thaw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "archive/read/segment_reader.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "flow/workers.hpp"
#include "policy/prices.hpp"
#include "store/store.hpp"

namespace zg::thaw {

namespace {

using store::Temperature;

constexpr std::chrono::days day{1};
constexpr std::chrono::days longest_kept{30'000};  // the maximum of S3
constexpr std::chrono::hours expiry_margin{2};
constexpr std::chrono::hours wave_margin{4};
constexpr std::chrono::minutes overdue_pause{15};

std::uint64_t divide_rounding_up(std::uint64_t a, std::uint64_t b) {
    return a / b + (a % b != 0 ? 1 : 0);
}

std::chrono::days whole_days(std::chrono::seconds time) {
    return std::clamp(std::chrono::ceil<std::chrono::days>(time), day, longest_kept);
}

std::chrono::seconds time_for(std::uint64_t bytes, std::uint64_t bandwidth) {
    return std::chrono::seconds(static_cast<std::int64_t>(
        divide_rounding_up(bytes, std::max<std::uint64_t>(bandwidth, 1))));
}

/// The longest time that `tier` may take for the segment.
std::chrono::seconds promise_of(const ThawSegment& segment, const std::string& tier) {
    const auto found = std::ranges::find(segment.tiers, tier, &store::ThawTier::name);
    if (found != segment.tiers.end()) return found->longest;
    return segment.tiers.empty() ? std::chrono::seconds(0) : segment.tiers.back().longest;
}

Result<void> read_state(const archive::Engine& engine, ThawSegment& segment) {
    auto stat = engine.archives.store.stat(segment.name);
    // Reported as damage when it is fetched, after everything before it has been restored.
    segment.missing = !stat && stat.error().kind == ErrorKind::not_found;
    if (segment.missing) return {};
    if (!stat) return fail(std::move(stat.error()));
    segment.state = stat->thaw;
    segment.storage_class = stat->storage_class;
    segment.tiers = std::move(stat->thaw_tiers);
    return {};
}

/// The charge of this class and tier, added if it is missing.
policy::Charge& charge_of(std::vector<policy::Charge>& charges, const std::string& storage_class,
                          const std::string& tier) {
    for (policy::Charge& charge : charges) {
        if (charge.storage_class == storage_class && charge.tier == tier) return charge;
    }
    charges.push_back({.storage_class = storage_class, .tier = tier});
    return charges.back();
}

}  // namespace

ThawAmount ThawPlan::amount(Temperature temperature) const {
    ThawAmount sum;
    for (const ThawSegment& segment : segments) {
        if (segment.is(temperature)) sum = {sum.segments + 1, sum.bytes + segment.size};
    }
    return sum;
}

ThawAmount ThawPlan::all() const {
    ThawAmount sum;
    for (const ThawSegment& segment : segments) sum = {sum.segments + 1, sum.bytes + segment.size};
    return sum;
}

std::vector<std::string> ThawPlan::missing() const {
    std::vector<std::string> names;
    for (const ThawSegment& segment : segments) {
        if (segment.missing) names.push_back(segment.name);
    }
    return names;
}

std::chrono::seconds ThawPlan::fetch_time() const {
    return time_for(all().bytes, choice.bandwidth);
}

std::optional<TimePoint> ThawPlan::ready(TimePoint now) const {
    std::optional<TimePoint> ready;
    for (const ThawSegment& segment : segments) {
        if (segment.missing || segment.is(Temperature::hot)) continue;
        TimePoint at = segment.expected.value_or(now + segment.promise);
        if (at <= now) at = now + overdue_pause;
        ready = std::max(ready.value_or(at), at);
    }
    return ready;
}

policy::Charges ThawPlan::charges(TimePoint now) const {
    policy::Charges charges;
    if (!costs) return charges;
    for (const ThawSegment& segment : segments) {
        charges.get_requests += segment.reads;
        charges.egress += segment.size;
        if (segment.is(Temperature::cold)) {
            policy::Charge& charge = charge_of(charges.retrieval, segment.storage_class, tier.name);
            ++charge.requests;
            charge.retrieved += segment.size;
            if (!readable_for)
                charge.kept_byte_days +=
                    static_cast<double>(segment.size) * static_cast<double>(days.count());
        } else if (segment.tiers.empty()) {
            charge_of(charges.retrieval, segment.storage_class, policy::read_tier).retrieved +=
                segment.size;
        }
    }
    for (const Prolongation& longer : expiring) {
        const ThawSegment& segment = segments[longer.segment];
        policy::Charge& charge = charge_of(charges.retrieval, segment.storage_class,
                                           segment.cheapest_tier(cheapest_tier));
        ++charge.requests;
        const std::chrono::duration<double, std::ratio<86'400>> more =
            now + longer.days - segment.state.readable_until.value_or(now);
        charge.kept_byte_days += static_cast<double>(segment.size) * std::max(more.count(), 0.0);
    }
    return charges;
}

Result<store::ThawTier> find_tier(const std::vector<store::ThawTier>& tiers,
                                  const std::string& storage_class, const std::string& name) {
    static const std::vector<store::ThawTier> usual{
        {"expedited", {}}, {"standard", {}}, {"bulk", {}}};
    std::string names;
    for (const store::ThawTier& tier : tiers.empty() ? usual : tiers) {
        if (tier.name == name) return tier;
        names += fmt::format("{}{}", names.empty() ? "" : " or ", tier.name);
    }
    return fail({.kind = ErrorKind::usage,
                 .what = storage_class.empty()
                             ? fmt::format("this store has no thaw tier \"{}\"", name)
                             : fmt::format("class {} has no thaw tier \"{}\"", storage_class, name),
                 .hint = fmt::format("give --tier {}", names)});
}

Result<store::ThawTier> check_tier(const archive::Engine& engine, const std::string& name) {
    auto tier = find_tier(engine.archives.store.limits().thaw_tiers, "", name);
    const auto kept = engine.archives.store_options.find("class");
    if (!tier && kept != engine.archives.store_options.end())
        tier.error().what += fmt::format(" (its segments are of class {})", kept->second);
    return tier;
}

std::chrono::days days_needed(std::chrono::seconds longest_thaw, std::uint64_t bytes,
                              std::uint64_t bandwidth) {
    return std::min(whole_days(longest_thaw + time_for(bytes, bandwidth)) + day, longest_kept);
}

void set_thaw_times(ThawSegment& segment, const catalog::ThawNote* note, TimePoint now) {
    segment.asked.reset();
    segment.expected.reset();
    if (!segment.is(Temperature::thawing)) return;
    segment.asked = segment.state.requested;
    if (note != nullptr) {
        const std::chrono::seconds promise = promise_of(segment, note->tier);
        // An older note is of an earlier thaw; this one was requested on another machine.
        const bool fresh = note->asked <= now && now < note->asked + 2 * promise + day;
        if (fresh) segment.promise = promise;
        if (fresh && !segment.asked) segment.asked = note->asked;
    }
    segment.expected = segment.state.expected;
    if (!segment.expected && segment.asked) segment.expected = *segment.asked + segment.promise;
}

std::size_t wave_end(const ThawPlan& plan, const std::vector<bool>& done) {
    if (!plan.readable_for) return plan.segments.size();
    const auto seconds =
        std::max<std::chrono::seconds>(*plan.readable_for - wave_margin, *plan.readable_for / 2);
    std::uint64_t bytes = 0;
    bool any = false;
    for (std::size_t i = 0; i < plan.segments.size(); ++i) {
        if (plan.segments[i].missing || (i < done.size() && done[i])) continue;
        bytes += plan.segments[i].size;
        if (any && time_for(bytes, plan.choice.bandwidth) > seconds) return i;
        any = true;
    }
    return plan.segments.size();
}

std::vector<Prolongation> find_expiring(const ThawPlan& plan, TimePoint now,
                                        const std::vector<bool>& done) {
    std::vector<Prolongation> expiring;
    if (plan.readable_for) return expiring;
    TimePoint begin = now;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < plan.segments.size(); ++i) {
        const ThawSegment& segment = plan.segments[i];
        if (segment.missing || (i < done.size() && done[i])) continue;
        bytes += segment.size;
        if (!segment.is(Temperature::hot))
            begin = std::max(begin, segment.expected.value_or(now + segment.promise));
        const TimePoint fetched = begin + time_for(bytes, plan.choice.bandwidth) + expiry_margin;
        if (segment.is(Temperature::hot) && segment.state.readable_until &&
            *segment.state.readable_until < fetched)
            expiring.push_back({.segment = i, .days = whole_days(fetched - now)});
    }
    return expiring;
}

namespace {

/// The segments of all archives, without the first `left_out` of the first one.
std::vector<ThawSegment> segments_of(std::span<const catalog::Manifest> archives,
                                     std::size_t left_out, std::chrono::seconds promise) {
    std::vector<ThawSegment> segments;
    for (std::size_t i = 0; i < archives.size(); ++i) {
        for (const catalog::Segment& segment :
             std::span(archives[i].segments).subspan(i == 0 ? left_out : 0))
            segments.push_back({.name = archives[i].object_name(segment),
                                .archive = i,
                                .size = segment.stored_size,
                                .stream_end = segment.stream_end,
                                .reads = archive::SegmentReader::requests_for(segment),
                                .storage_class = {},
                                .tiers = {},
                                .missing = false,
                                .state = {},
                                .asked = {},
                                .expected = {},
                                .promise = promise});
    }
    return segments;
}

/// Asks the store for the state of each segment, and estimates when its thaw is done.
Result<void> find_states(const archive::Engine& engine, ThawPlan& plan, TimePoint now) {
    flow::Workers workers(engine.effort.callers());
    ZG_CHECK(flow::for_each(workers, plan.segments.size(),
                            [&](std::size_t i) { return read_state(engine, plan.segments[i]); }));
    // The notes are not needed: they only help to estimate when the thaw is done.
    const auto notes =
        engine.archives.catalog.thaw_notes().value_or(std::map<std::string, catalog::ThawNote>{});
    for (ThawSegment& segment : plan.segments) {
        if (segment.is(Temperature::cold)) {
            ZG_TRY(const store::ThawTier tier,
                   find_tier(segment.tiers, segment.storage_class, plan.choice.tier));
            segment.promise = tier.longest;
            plan.tier.longest = std::max(plan.tier.longest, tier.longest);
        }
        const auto note = notes.find(segment.name);
        set_thaw_times(segment, note != notes.end() ? &note->second : nullptr, now);
    }
    return {};
}

}  // namespace

Result<ThawPlan> plan_thaw(const archive::Engine& engine,
                           std::span<const catalog::Manifest> archives, const ThawChoice& choice,
                           std::size_t left_out) {
    const store::Limits& limits = engine.archives.store.limits();
    ThawPlan plan;
    plan.archives = archives.size();
    plan.first_segment = left_out;
    plan.choice = choice;
    plan.costs = limits.reading_costs;
    plan.readable_for = limits.readable_for;
    ZG_TRY(plan.tier, check_tier(engine, choice.tier));
    plan.cheapest_tier = limits.thaw_tiers.empty() ? choice.tier : limits.thaw_tiers.back().name;
    plan.segments = segments_of(archives, left_out, plan.tier.longest);
    plan.days = choice.days.value_or(day);
    if (!limits.cold) return plan;
    const TimePoint now = engine.world.clock.now();
    ZG_CHECK(find_states(engine, plan, now));
    if (!choice.days)
        plan.days = days_needed(plan.tier.longest, plan.all().bytes, choice.bandwidth);
    if (plan.readable_for) plan.days = std::chrono::ceil<std::chrono::days>(*plan.readable_for);
    plan.expiring = find_expiring(plan, now, {});
    return plan;
}

Result<std::optional<Estimate>> estimate(const World& world, const ThawPlan& plan,
                                         const std::string& prices_file) {
    // A table given by the user is read even if it is not needed, so that mistakes are noticed.
    if (!plan.costs && prices_file.empty()) return std::nullopt;
    Estimate estimate;
    ZG_TRY(estimate.prices, policy::load_prices(world.environment, prices_file));
    if (!plan.costs) return std::nullopt;
    estimate.charges = plan.charges(world.clock.now());
    estimate.cost = policy::cost_of(estimate.prices, estimate.charges);
    return estimate;
}

}  // namespace zg::thaw
