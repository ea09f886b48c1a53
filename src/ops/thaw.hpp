// What of a store is cold, and its thaw without a restore.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/thaw.hpp"

namespace zg::ops {

/// Archives, and what their thaw takes.
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
    std::size_t missing = 0;            ///< segments that the store does not have
    bool since_unknown = false;         ///< it is not known since when a segment is being thawed
    std::optional<TimePoint> since;     ///< of the thaw: the earliest that is known
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

/// What is cold of the archives that `source` needs for its restore, or of all (of its host) if its
/// text is empty. Changes nothing. Errors of find_archive(), chain_to() and thaw::plan_thaw().
Result<PlannedThaw> plan_thaw(Context& context, const RestoreSource& source,
                              const thaw::ThawChoice& choice);

/// Requests the thaw of all that is cold if `request` is set, waits until all that is being thawed
/// can be read if `wait` is, and looks at the states after that.
Result<ThawReport> carry_out_thaw(Context& context, PlannedThaw planned, bool request, bool wait);

}  // namespace zg::ops
