// Which archives of a store are cold, and how to thaw them without a restore.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/thaw.hpp"

namespace zg::ops {

/// Archives, and the plan of their thaw.
struct PlannedThaw {
    std::vector<catalog::Manifest> archives;
    thaw::ThawPlan plan;
};

/// One archive's segments together.
struct ThawedArchive {
    catalog::Manifest archive;
    thaw::ThawAmount cold;
    thaw::ThawAmount thawing;
    thaw::ThawAmount readable;
    std::size_t missing = 0;     ///< segments that the store does not have
    bool since_unknown = false;  ///< for some segment it is not known when its thaw was requested
    std::optional<TimePoint> since;     ///< when the thaw was requested: the earliest time known
    std::optional<TimePoint> expected;  ///< when all that is being thawed should be readable
    std::optional<TimePoint> readable_until;  ///< when the first copy expires
};

struct ThawReport {
    std::vector<ThawedArchive> archives;
    thaw::ThawAmount cold;  ///< of all archives together
    thaw::ThawAmount thawing;
    thaw::ThawAmount readable;
    std::size_t asked = 0;              ///< segments whose thaw was requested
    bool waiting = false;               ///< some are still being thawed
    std::optional<TimePoint> retry_at;  ///< when they should be readable, if that is known
};

/// What is cold among the archives that a restore of `source` needs, or among all archives (of its
/// host) if its text is empty. Changes nothing. Errors of find_archive(), chain_to() and
/// thaw::plan_thaw().
Result<PlannedThaw> plan_thaw(Context& context, const RestoreSource& source,
                              const thaw::ThawChoice& choice);

/// If `request` is set, requests the thaw of everything cold; if `wait` is set, waits until it is
/// readable. Then reports the states.
Result<ThawReport> carry_out_thaw(Context& context, PlannedThaw planned, bool request, bool wait);

}  // namespace zg::ops
