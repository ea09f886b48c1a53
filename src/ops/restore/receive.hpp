// Receives one archive into a dataset with zfs receive.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "stream/record.hpp"
#include "thaw/watch.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// An archive to be received. References outlive the call.
struct IncomingArchive {
    const catalog::Manifest& archive;
    const zfs::ReceiveSpec& spec;
    thaw::ThawWatch& watch;
    std::size_t index = 0;  ///< of the archive in `watch`
    /// where an earlier receive stopped: only what comes after it is fetched and received
    const ReceivePoint* point = nullptr;
};

/// Fetches and receives the archive, which is readable, and keeps its segments readable. Returns
/// the stream's (first) BEGIN record. See Receiver for how zfs receive is started.
/// locked if an earlier zfs receive is still running. If `spec` is resumable, a failure keeps the
/// received part, as a crash does, for the next run to resume: all of it has been verified, with
/// the segments before it. It is dropped only if damage is found, or if the stream turns out not to
/// have the place `point`.
Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs,
                                      const IncomingArchive& incoming);

}  // namespace zg::ops
