// Restore: a chain of archives into a dataset, or one archive's stream to standard output.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/io.hpp"
#include "ops/context.hpp"
#include "ops/restore/plan.hpp"
#include "thaw/thaw.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

struct RestoreReport {
    std::size_t received = 0;  ///< archives
    /// where the target will be mounted, where the stream or the user says; else empty
    std::string mountpoint;
    std::size_t asked = 0;              ///< segments whose thaw was asked for
    bool waiting = false;               ///< the rest is still being thawed: come back
    std::optional<TimePoint> retry_at;  ///< when, where that can be told
};

/// Asks for a thaw of all that is cold at once, then receives what the target lacks, in order, each
/// archive as soon as it is readable. Where it does not wait it ends before the first archive that
/// is not. A failure leaves what was received before it, and of the archive under way what
/// receive_archive() leaves; run again, it resumes.
Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                              const RestoreOptions& options);

/// Writes the stream of one archive to `out`, once it is readable; `plan` is that archive's alone.
/// What is cold is asked for, and waited for with `wait`.
Result<RestoreReport> restore_stream(Context& context, const catalog::Manifest& archive,
                                     const thaw::ThawPlan& plan, bool wait, Sink& out);

}  // namespace zg::ops
