// Plans a thaw: which segments of some archives are cold, how long their thaw takes, and what it
// costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/engine.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "policy/prices.hpp"
#include "store/store.hpp"  // IWYU pragma: export

namespace zg::thaw {

using store::Temperature;

/// The user's choices.
struct ThawChoice {
    static constexpr std::uint64_t usual_bandwidth = std::uint64_t{5} << 20U;
    std::string tier = "standard";
    /// how long the copies stay readable; nothing: as long as the tier and fetching take
    std::optional<std::chrono::days> days{};
    /// bytes per second at which segments are fetched, at least
    std::uint64_t bandwidth = usual_bandwidth;
};

/// A segment as the store has it now.
struct ThawSegment {
    std::string name;
    std::size_t archive = 0;       ///< its index among the plan's archives
    std::uint64_t size = 0;        ///< stored bytes
    std::uint64_t stream_end = 0;  ///< its end in the archive's stream, bytes
    std::uint64_t reads = 0;       ///< calls that fetch it
    std::string storage_class;
    std::vector<store::ThawTier> tiers;  ///< those of its storage class
    bool missing = false;                ///< the store does not have it
    store::ThawState state;
    /// thawing: when it was requested, as reported by the store or noted in the catalog
    std::optional<TimePoint> asked;
    std::optional<TimePoint> expected;  ///< thawing: when it should be readable
    std::chrono::seconds promise{};     ///< how long a thaw of the requested tier takes at most

    /// The last of its tiers; `otherwise` if it has none.
    [[nodiscard]] const std::string& cheapest_tier(const std::string& otherwise) const {
        return tiers.empty() ? otherwise : tiers.back().name;
    }
    [[nodiscard]] bool is(store::Temperature temperature) const {
        return !missing && state.temperature == temperature;
    }
};

/// The sum of some segments.
struct ThawAmount {
    std::size_t segments = 0;
    std::uint64_t bytes = 0;
};

/// A readable copy that is to stay readable for longer.
struct Prolongation {
    std::size_t segment = 0;   ///< index into the plan
    std::chrono::days days{};  ///< from now on
};

struct ThawPlan {
    std::vector<ThawSegment> segments;  ///< in the order in which they are fetched
    std::size_t archives = 0;
    /// index in the first archive: segments before it are not needed, and not in `segments`
    std::size_t first_segment = 0;
    ThawChoice choice;
    store::ThawTier tier;       ///< the choice's
    std::string cheapest_tier;  ///< of the store's own class
    std::chrono::days days{};   ///< how long a copy requested now will stay readable
    bool costs = false;         ///< reading and thawing cost money
    /// How long a copy stays readable if the store decides that: then only as much is requested at
    /// once as can be fetched within this time.
    std::optional<std::chrono::seconds> readable_for{};
    std::vector<Prolongation> expiring;  ///< copies that would expire before they are fetched

    [[nodiscard]] ThawAmount amount(store::Temperature temperature) const;
    [[nodiscard]] ThawAmount all() const;
    [[nodiscard]] std::vector<std::string> missing() const;
    /// True if a thaw has to be requested.
    [[nodiscard]] bool asks() const { return amount(store::Temperature::cold).segments > 0; }
    /// How long fetching all of it takes.
    [[nodiscard]] std::chrono::seconds fetch_time() const;
    /// When everything should be readable, if all is requested now; nothing if everything is
    /// readable.
    [[nodiscard]] std::optional<TimePoint> ready(TimePoint now) const;
    /// What carrying it out costs: thawing what is cold, and fetching everything.
    [[nodiscard]] policy::Charges charges(TimePoint now) const;
};

/// The one of `tiers` that has this name; usage, listing the valid names, if there is none. If
/// `tiers` is empty, nothing is ever cold and each of the three usual names is accepted. The class
/// is for the message; empty: the store's own.
Result<store::ThawTier> find_tier(const std::vector<store::ThawTier>& tiers,
                                  const std::string& storage_class, const std::string& name);

/// The same for the tiers of the store itself, before the state of any segment is known.
Result<store::ThawTier> check_tier(const archive::Engine& engine, const std::string& name);

/// Reads the state of every segment of the archives from the store, several at a time. Changes
/// nothing. usage if the store, or a segment's class, does not have the tier. The first `left_out`
/// segments of the first archive are not needed.
Result<ThawPlan> plan_thaw(const archive::Engine& engine,
                           std::span<const catalog::Manifest> archives, const ThawChoice& choice,
                           std::size_t left_out = 0);

/// The copies that would expire before they are fetched, if all segments are fetched in order from
/// `now` on. Leaves out those for which `done` is true.
std::vector<Prolongation> find_expiring(const ThawPlan& plan, TimePoint now,
                                        const std::vector<bool>& done);

/// If copies stay readable for a fixed time: the end (index after the last) of the segments that
/// can be fetched within it. Counts from the first for which `done` is false, at the choice's
/// bandwidth, with four hours to spare; at least one segment.
std::size_t wave_end(const ThawPlan& plan, const std::vector<bool>& done);

/// The days a copy must stay readable so that everything can be fetched, however long within the
/// tier's time each segment takes to thaw; and one more.
std::chrono::days days_needed(std::chrono::seconds longest_thaw, std::uint64_t bytes,
                              std::uint64_t bandwidth);

/// Sets when the segment's thaw was requested and when it should be done: as the store reports it,
/// else from the catalog's note.
void set_thaw_times(ThawSegment& segment, const catalog::ThawNote* note, TimePoint now);

/// Charges and their prices.
struct Estimate {
    policy::PriceTable prices;
    policy::Charges charges;
    policy::Cost cost;
};
/// The cost of the plan if it is requested now, by the table in `prices_file` (see load_prices());
/// nothing if reading the store costs nothing.
Result<std::optional<Estimate>> estimate(const World& world, const ThawPlan& plan,
                                         const std::string& prices_file);

}  // namespace zg::thaw
