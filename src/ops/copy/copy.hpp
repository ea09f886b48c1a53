// Copies archives from one store to another, as they are: to move from a vault to S3, or to have a
// second copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "archive/write/segment_plan.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/thaw.hpp"

namespace zg::ops {

struct CopyOptions {
    /// the archives that restores of these need; empty: every archive
    std::vector<RestoreSource> sources{};
    thaw::ThawChoice thaw;
    bool wait = false;
    archive::SegmentPlan
        segments;  ///< for adopted archives, whose streams are divided into segments
};

struct CopyPlan {
    std::vector<catalog::Manifest>
        archives;             ///< to be copied; a base comes before the archives that build on it
    std::size_t present = 0;  ///< archives that the target has already
    /// archives not copied because they, or their base, were removed from the target on purpose
    std::size_t removed = 0;
    thaw::ThawPlan thaw;
    [[nodiscard]] std::uint64_t stored_bytes() const;
};

/// Plans to copy the archives of `from` that `to` lacks; changes nothing. `to` has an archive if it
/// has the same id, or one of the same dataset between the same snapshots. An archive that was
/// removed from `to` on purpose is not copied, nor one that builds only on it.
Result<CopyPlan> plan_copy(Context& from, Context& to, const CopyOptions& options);

struct CopyReport {
    std::size_t copied = 0;  ///< archives
    std::size_t asked = 0;   ///< segments whose thaw was requested
    bool waiting = false;    ///< the rest is not readable yet
    std::optional<TimePoint> retry_at;
};

/// Copies archive by archive: each segment is verified by its SHA-256 or tree hash as it is read,
/// and confirmed by the target store; the manifest is written last. Segments that an earlier run
/// has copied are not copied again. The stream of an adopted archive is checked and divided into
/// segments, which makes it an ordinary archive. Errors: damage (in the source; that archive is not
/// committed), those of both stores.
Result<CopyReport> copy_archives(Context& from, Context& to, const CopyPlan& plan,
                                 const CopyOptions& options);

}  // namespace zg::ops
