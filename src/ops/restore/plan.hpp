// What a restore is going to do.
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
    std::size_t present = 0;  ///< how many of them, from the front, the target has
    bool target_exists = false;
    /// where the first of those it lacks resumes, which an earlier run has received in part
    std::optional<ReceivePoint> resume;
    /// why what an earlier zfs receive has left in the target is dropped before anything is
    /// received; empty: it is not
    std::string drops;
    thaw::ThawPlan thaw;  ///< of those it lacks
    /// how many segments of the first that it lacks need not be fetched
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
    bool wait = false;                 ///< wait for a thaw instead of coming back later
    thaw::ThawChoice thaw;
};

/// Plans; changes nothing. conflict where the target has something, or a part of something, that is
/// not part of the chain and `force` is not set; damage where segments would have to be thawed, and
/// paid for, though another is missing.
Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const archive::ArchiveView& view, const RestoreOptions& options);

/// The same for the archives that the store holds now.
Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs,
                                 const RestoreOptions& options);

/// One archive whose stream is to be written.
struct StreamPlan {
    catalog::Manifest archive;
    thaw::ThawPlan thaw;
};
/// Plans; changes nothing. Errors of find_archive() and thaw::plan_thaw().
Result<StreamPlan> plan_stream(Context& context, const RestoreOptions& options);

/// What `-x` names that zfs receive would bring back when it resumes; empty if nothing is.
std::string forgotten_exclusion(const RestoreOptions& options);

}  // namespace zg::ops
