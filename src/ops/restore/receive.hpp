// One archive into a dataset, by zfs receive.
#pragma once

#include <cstddef>

#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "thaw/watch.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// An archive that is to be received. References outlive the receiving.
struct IncomingArchive {
    const catalog::Manifest& archive;
    const zfs::ReceiveSpec& spec;
    thaw::ThawWatch& watch;
    std::size_t index = 0;  ///< of the archive in `watch`
    /// where an earlier receive stopped: only what comes after it is fetched and received
    const ReceivePoint* point = nullptr;
};

/// Fetches and receives the archive, which is readable, and keeps its segments so. Gives the
/// stream's (first) BEGIN record. When zfs receive is started, and what happens before: see
/// Receiver.
///
/// locked if an earlier zfs receive is still running. If `spec` is resumable a failure leaves what
/// was received, as a crash does, for the next run to resume: all of it has been verified, with the
/// segments before it. Only if damage is found, or the stream turns out to have no such place as
/// `point`, it is dropped.
Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs,
                                      const IncomingArchive& incoming);

}  // namespace zg::ops
