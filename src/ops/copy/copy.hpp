// Archives from one store into another, as they are: to leave a vault for S3, or to have a second
// copy.
#pragma once

#include <optional>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/write/segment_book.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/thaw.hpp"

namespace zg::ops {

struct CopyOptions {
    /// empty: every archive; else those that a restore of them needs
    std::vector<RestoreSource> sources{};
    thaw::ThawChoice thaw;
    bool wait = false;
    archive::SegmentPlan segments;  ///< for adopted archives, which are cut into segments anew
};

struct CopyPlan {
    std::vector<catalog::Manifest> archives;  ///< to be copied, those that others build on first
    std::size_t present = 0;                  ///< archives that the other store has
    thaw::ThawPlan thaw;
    [[nodiscard]] std::uint64_t stored_bytes() const;
};

/// What `to` lacks of `from`; changes nothing. An archive counts as there where `to` has it, or
/// another one from the same snapshot to the same.
Result<CopyPlan> plan_copy(Context& from, Context& to, const CopyOptions& options);

struct CopyReport {
    std::size_t copied = 0;  ///< archives
    std::size_t asked = 0;   ///< segments whose thaw was asked for
    bool waiting = false;    ///< the rest is not readable yet
    std::optional<TimePoint> retry_at;
};

/// Copies archive by archive: each segment is verified as it is read, by its SHA-256 or tree hash,
/// and confirmed by the other store; the manifest comes last. A segment that an earlier run has
/// copied is not copied again. An archive that another program wrote becomes one like any other:
/// its stream is checked, and cut into segments. Errors: damage (the source; nothing of that
/// archive is committed), those of both stores.
Result<CopyReport> copy_archives(Context& from, Context& to, const CopyPlan& plan,
                                 const CopyOptions& options);

}  // namespace zg::ops
