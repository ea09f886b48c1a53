// One archive into a dataset, by zfs receive.
#pragma once

#include "job/context.hpp"
#include "job/thaw_watch.hpp"
#include "stream/record.hpp"

namespace zg::job {

/// Fetches and receives the watch's archive `index`, which is readable, and keeps its segments so. Gives the stream's (first) BEGIN record.
/// zfs receive begins once that record has come: where the target has another snapshot of the same name already (a script that calls every snapshot the same
/// makes such chains), that one is renamed to "name-20261123T020000Z". conflict, before anything is received, where an archive that is not proved
/// turns out to build on a snapshot that the target does not have.
Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs, const catalog::Manifest& archive, const zfs::ReceiveSpec& spec, ThawWatch& watch, std::size_t index);

}  // namespace zg::job
