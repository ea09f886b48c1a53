// One archive into a dataset, by zfs receive.
#pragma once

#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "thaw/watch.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Fetches and receives the watch's archive `index`, which is readable, and keeps its segments so.
/// Gives the stream's (first) BEGIN record. zfs receive begins once that record has come: where the
/// target has another snapshot of the same name already (a script that calls every snapshot the
/// same makes such chains), that one is renamed to "name-20261123T020000Z". conflict, before
/// anything is received, where an archive that is not proved turns out to build on a snapshot that
/// the target does not have.
///
/// `point`: where an earlier receive stopped; only what lies behind it is fetched and received.
/// locked where that one still runs. Where `spec` is resumable a failure leaves what was received,
/// as a crash does, for the next run to go on with: all of it has been verified, with the segments
/// before it. Only where damage is found, or the stream turns out to have no such place, it is
/// dropped.
Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs,
                                      const catalog::Manifest& archive,
                                      const zfs::ReceiveSpec& spec, thaw::ThawWatch& watch,
                                      std::size_t index, const ReceivePoint* point = nullptr);

}  // namespace zg::ops
