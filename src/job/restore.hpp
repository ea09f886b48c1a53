// Restore: a chain of archives into a dataset, or one archive's stream to standard output.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "job/archive_view.hpp"
#include "job/context.hpp"

namespace zg::job {

/// What is to be restored: "pool/fs" (its newest snapshot), "pool/fs@name", or an archive id.
struct RestoreSource {
    std::string text;
    std::string host;  ///< only archives of this host; empty: of any
};

/// The archives to receive, in order, and what the target has of them.
struct RestorePlan {
    std::vector<catalog::Manifest> chain;
    std::size_t already_there = 0;  ///< how many of them, from the front, the target has
    bool target_exists = false;
    std::vector<std::string> cold;  ///< names of the segments still to be thawed
    [[nodiscard]] std::uint64_t stored_bytes() const;  ///< still to be fetched
    [[nodiscard]] std::uint64_t stream_bytes() const;  ///< still to be received
};

struct RestoreOptions {
    RestoreSource source;
    std::string target;
    bool force = false;                ///< zfs receive -F
    std::vector<std::string> set;      ///< zfs receive -o
    std::vector<std::string> exclude;  ///< zfs receive -x
    bool wait = false;                 ///< wait for a thaw instead of coming back later
    std::string tier = "standard";
    std::chrono::days days{3};         ///< how long thawed segments shall stay readable
};

/// Which archive `source` means; not_found, or usage where several hosts have such a dataset.
Result<std::size_t> find_archive(const ArchiveView& view, const RestoreSource& source);

/// Plans; changes nothing. conflict where the target has something that is not part of the chain and `force` is not set.
Result<RestorePlan> plan_restore(Context& context, const zfs::Zfs& zfs, const ArchiveView& view, const RestoreOptions& options);

struct RestoreReport {
    std::size_t received = 0;  ///< archives
    std::string mountpoint;    ///< where the target will be mounted, where the stream or the user says; else empty
    bool waiting = false;      ///< a thaw was asked for: come back
    std::optional<TimePoint> come_back;  ///< when, where the store tells
};

/// Asks for a thaw of all that is cold, then receives what the target lacks, in order. A failure leaves what was received before it; run again, it goes on.
Result<RestoreReport> restore(Context& context, const zfs::Zfs& zfs, const RestorePlan& plan, const RestoreOptions& options);

}  // namespace zg::job
