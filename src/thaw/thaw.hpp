// What of some archives is cold, what it takes to thaw it, and what that costs.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/engine.hpp"
#include "policy/prices.hpp"

namespace zg::thaw {

using store::Temperature;

/// How to thaw, as the user says.
struct ThawChoice {
    static constexpr std::uint64_t usual_bandwidth = std::uint64_t{5} << 20U;
    std::string tier = "standard";
    /// how long the copies stay readable; nothing: as long as the tier and fetching take
    std::optional<std::chrono::days> days{};
    /// bytes a second at which segments are fetched, at the least
    std::uint64_t bandwidth = usual_bandwidth;
};

/// A segment as the store has it now.
struct ThawSegment {
    std::string name;
    std::size_t archive = 0;       ///< its index among the plan's archives
    std::uint64_t size = 0;        ///< stored bytes
    std::uint64_t stream_end = 0;  ///< where it ends in the archive's stream
    std::uint64_t reads = 0;       ///< calls that fetch it
    std::string storage_class;
    std::vector<store::ThawTier> tiers;  ///< what the store can do for it
    bool missing = false;                ///< the store does not have it
    store::ThawState state;
    /// thawing: since when, as the store tells or the catalog has noted
    std::optional<TimePoint> asked;
    std::optional<TimePoint> expected;  ///< thawing: when it should be readable
    std::chrono::seconds promise{};     ///< within which the tier asked for is done

    /// The last of its tiers; `otherwise` if it has none.
    [[nodiscard]] const std::string& cheapest_tier(const std::string& otherwise) const {
        return tiers.empty() ? otherwise : tiers.back().name;
    }
    [[nodiscard]] bool is(store::Temperature temperature) const {
        return !missing && state.temperature == temperature;
    }
};

/// Some of the segments together.
struct ThawAmount {
    std::size_t segments = 0;
    std::uint64_t bytes = 0;
};

/// A readable copy that is to be kept for longer.
struct Prolongation {
    std::size_t segment = 0;   ///< index into the plan
    std::chrono::days days{};  ///< from now on
};

struct ThawPlan {
    std::vector<ThawSegment> segments;  ///< in the order in which they are fetched
    std::size_t archives = 0;
    /// of the first archive: those before it are not needed, and not in `segments`
    std::size_t first_segment = 0;
    ThawChoice choice;
    store::ThawTier tier;       ///< the choice's
    std::string cheapest_tier;  ///< of those of the store's own class
    std::chrono::days days{};   ///< how long a copy asked for now is to stay readable
    bool costs = false;         ///< the store wants money for it
    /// How long a copy stays readable where the store decides that: then no more is asked for than
    /// can be fetched within it, and the rest later.
    std::optional<std::chrono::seconds> readable_for{};
    std::vector<Prolongation> expiring;  ///< copies that would be gone before they are fetched

    [[nodiscard]] ThawAmount amount(store::Temperature temperature) const;
    [[nodiscard]] ThawAmount all() const;
    [[nodiscard]] std::vector<std::string> missing() const;
    /// True where something has to be asked for.
    [[nodiscard]] bool asks() const { return amount(store::Temperature::cold).segments > 0; }
    /// How long fetching all of it takes.
    [[nodiscard]] std::chrono::seconds fetch_time() const;
    /// When all should be readable, once all is asked for; nothing where all is.
    [[nodiscard]] std::optional<TimePoint> ready(TimePoint now) const;
    /// What carrying it out costs: the thaw of what is cold, and fetching everything.
    [[nodiscard]] policy::Charges charges(TimePoint now) const;
};

/// The one of `tiers` that has this name; usage, naming those there are, if there is none. If
/// `tiers` is empty nothing is ever cold, and each of the three usual names will do. The class is
/// for the message; empty: the store's own.
Result<store::ThawTier> find_tier(const std::vector<store::ThawTier>& tiers,
                                  const std::string& storage_class, const std::string& name);

/// The same for what the store itself says, before any segment has been looked at.
Result<store::ThawTier> check_tier(const archive::Engine& engine, const std::string& name);

/// Asks the store for the state of every segment of the archives, several at a time. Changes
/// nothing. usage where the tier is not one of the store's, or of a segment's class. The first
/// `left_out` segments of the first archive are not needed.
Result<ThawPlan> plan_thaw(const archive::Engine& engine,
                           std::span<const catalog::Manifest> archives, const ThawChoice& choice,
                           std::size_t left_out = 0);

/// The copies that would expire before they are fetched, one segment after the other from `now` on;
/// those for which `done` is true are left out.
std::vector<Prolongation> find_expiring(const ThawPlan& plan, TimePoint now,
                                        const std::vector<bool>& done);

/// The segments that may be readable together where copies stay for a fixed time: the index behind
/// the last of them, from the first for which `done` is false on, one after the other at the
/// choice's bandwidth with four hours to spare; at least one.
std::size_t wave_end(const ThawPlan& plan, const std::vector<bool>& done);

/// The days a copy must stay readable so that, whenever within the tier's time each segment thaws,
/// all can be fetched; and one more.
std::chrono::days days_needed(std::chrono::seconds longest_thaw, std::uint64_t bytes,
                              std::uint64_t bandwidth);

/// Notes in `segment` when its thaw was asked for and when it should be done, from what the store
/// tells, or else from the catalog's note.
void tell_times(ThawSegment& segment, const catalog::ThawNote* note, TimePoint now);

/// Bytes and time as a bill shows them.
struct Estimate {
    policy::PriceTable prices;
    policy::Charges charges;
    policy::Cost cost;
};
/// What the plan costs, by the table in `prices_file` (see load_prices()); nothing for a store that
/// costs nothing.
Result<std::optional<Estimate>> estimate(const ThawPlan& plan, const std::string& prices_file,
                                         TimePoint now);

}  // namespace zg::thaw
