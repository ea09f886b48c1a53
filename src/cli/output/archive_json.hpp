// Archives as JSON: the same keys in every verb.
#pragma once

#include "catalog/manifest.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

/// id, dataset, host, snapshot, snapshot_time, to_guid, from_guid, kind, send_flags, raw,
/// compression, stream_size, stored_size, segments, created.
Json archive_json(const catalog::Manifest& archive);

}  // namespace zg::cli
