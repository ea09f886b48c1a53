// Restore: a chain of archives into a dataset, or one archive's stream to standard output.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive_view.hpp"
#include "base/io.hpp"
#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "thaw/thaw.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// What is to be restored: "pool/fs" (its newest snapshot), "pool/fs@name", or an archive id.
struct RestoreSource {
    std::string text;
    std::string host;  ///< only archives of this host; empty: of any
};

/// The archives to receive, in order, and what the target has of them.
struct RestorePlan {
    std::vector<catalog::Manifest> chain;
    std::size_t present = 0;  ///< how many of them, from the front, the target has
    bool target_exists = false;
    /// where the first of those it lacks goes on, which an earlier run has received in part
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

/// Which archive `source` means; not_found, or usage where several hosts have such a dataset.
Result<std::size_t> find_archive(const archive::ArchiveView& view, const RestoreSource& source);

/// The archives to be received, in order, for the archive at `wanted`; not_found where the chain is
/// broken.
Result<std::vector<catalog::Manifest>> chain_to(const archive::ArchiveView& view,
                                                std::size_t wanted);

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
/// receive_archive() leaves; run again, it goes on.
Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan,
                              const RestoreOptions& options);

/// Writes the stream of one archive to `out`, once it is readable; `plan` is that archive's alone.
/// What is cold is asked for, and waited for with `wait`.
Result<RestoreReport> restore_stream(Context& context, const catalog::Manifest& archive,
                                     const thaw::ThawPlan& plan, bool wait, Sink& out);

}  // namespace zg::ops
