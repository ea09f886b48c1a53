// The plan of a restore.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive_view.hpp"
#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "ops/restore/source.hpp"
#include "thaw/thaw.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The archives to receive, in order, and what the target has of them.
struct RestorePlan {
    std::vector<catalog::Manifest> chain;
    std::size_t present = 0;  ///< how many of them, from the first on, the target has
    bool target_exists = false;
    /// where the first missing archive is resumed, if an earlier run has received a part of it
    std::optional<ReceivePoint> resume;
    /// why the part that an earlier zfs receive has left in the target is dropped first; empty: it
    /// is not dropped
    std::string drops;
    thaw::ThawPlan thaw;  ///< of the missing archives
    /// how many segments of the first missing archive need not be fetched
    [[nodiscard]] std::size_t segments_there() const { return resume ? resume->fetch.segment : 0; }
    [[nodiscard]] std::uint64_t stored_bytes() const {
        return stored_bytes_from(present);
    }  ///< still to be fetched
    /// the same from archive `first` on
    [[nodiscard]] std::uint64_t stored_bytes_from(std::size_t first) const;
    [[nodiscard]] std::uint64_t stream_bytes() const;  ///< still to be received
};

struct RestoreOptions {
    RestoreSource source;
    std::string target;
    bool force = false;                ///< zfs receive -F
    std::vector<std::string> set;      ///< zfs receive -o
    std::vector<std::string> exclude;  ///< zfs receive -x
    bool wait = false;                 ///< wait for a thaw instead of ending
    thaw::ThawChoice thaw;
};

/// Plans; changes nothing. conflict if the target has data, or a part of an archive, that is not
/// part of the chain and `force` is not set; damage if segments would have to be thawed, which
/// costs money, although another one is missing.
Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const archive::ArchiveView& view, const RestoreOptions& options);

/// The same for the archives that are in the store now.
Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const RestoreOptions& options);

/// The plan of writing one archive's stream.
struct StreamPlan {
    catalog::Manifest archive;
    thaw::ThawPlan thaw;
};
/// Plans; changes nothing. Errors of find_archive() and thaw::plan_thaw().
Result<StreamPlan> plan_stream(Context& context, const RestoreOptions& options);

/// A property named by `-x` that a resumed zfs receive would restore; empty if there is none.
std::string forgotten_exclusion(const RestoreOptions& options);

}  // namespace zg::ops
