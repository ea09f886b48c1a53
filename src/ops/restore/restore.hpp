// Restores a chain of archives into a dataset, or writes one archive's stream to standard output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "archive/archive_view.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/plan.hpp"
#include "thaw/thaw.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

struct RestoreReport {
    std::size_t received = 0;  ///< archives
    /// where the target will be mounted, if the stream or the user sets that; else empty
    std::string mountpoint;
    std::size_t asked = 0;              ///< segments whose thaw was requested
    bool waiting = false;               ///< the rest is still being thawed
    std::optional<TimePoint> retry_at;  ///< when the rest should be readable, if known
};

/// Requests the thaw of everything cold at once, then receives the archives that the target lacks,
/// in order, each as soon as it is readable. Without `wait`, it ends before the first archive that
/// is not readable. A failure keeps what was received before, and of the current archive what
/// receive_archive() keeps; run again, it resumes.
Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                              const RestoreOptions& options);

/// Writes the stream of one archive to `out`, once it is readable; `plan` is for that archive only.
/// Requests the thaw of cold segments, and waits for them if `wait` is set.
Result<RestoreReport> restore_stream(Context& context, const catalog::Manifest& archive,
                                     const thaw::ThawPlan& plan, bool wait, Sink& out);

}  // namespace zg::ops
