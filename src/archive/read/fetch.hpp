// The way back: segments from the store, verified and decoded, to a stream.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "archive/engine.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"

namespace zg::archive {

/// Where in an archive fetching begins.
struct FetchStart {
    std::size_t segment = 0;  ///< from 0
    /// the segment's beginning; nothing if that is the stream's
    std::optional<stream::Checkpoint> place{};
};

/// Writes the archive's stream, from `start` on, to `out`, and gives its (first) BEGIN record: of
/// an adopted archive that is not proved it says what is in it. Only verified records leave, and
/// the stream's last records are held back until every byte of every segment has been verified, so
/// that a receiver never commits what is damaged. damage, with the segment's name in `where`: a
/// segment is missing, cut, of another digest, not decodable, or its records do not check. cold: a
/// segment must be thawed first. An error of `out` is returned as it is. `before`, if it is given,
/// is called with the number (from 0) of each segment before it is requested, and again, from any
/// thread, if it turns out to be cold.
Result<stream::Begin> fetch_archive(const Engine& engine, const catalog::Manifest& archive,
                                    Sink& out,
                                    const std::function<Result<void>(std::size_t)>& before = {},
                                    const FetchStart& start = {});

/// Compares the archive's segment `segment` (from 0) with the manifest by reading it, without
/// decoding: size and digest. Errors as above.
Result<void> check_segment_bytes(const Engine& engine, const catalog::Manifest& archive,
                                 std::size_t segment);

}  // namespace zg::archive
