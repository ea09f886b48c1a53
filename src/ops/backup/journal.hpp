// The notes by which a later run resumes an unfinished archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/write/chunk.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// An archive that was begun but not committed.
struct UnfinishedArchive {
    std::string archive_id;
    std::string dataset;
    std::string snapshot;        ///< the name after '@'
    bool took_snapshot = false;  ///< zglacier took the snapshot
    std::uint64_t to_guid = 0;
    std::uint64_t from_guid = 0;
    zfs::SendSpec flags;  ///< without snapshot and base
    std::optional<codec::Compression> compression{};
    std::string encryption;               ///< "none" or "age"
    std::vector<std::string> recipients;  ///< Encryption::labels()
    Buffer passphrase_proof{};            ///< Encryption::passphrase_proof()
    archive::SegmentPlan plan;
    TimePoint started{};
    Buffer opening{};                             ///< as catalog::Manifest has it
    std::vector<archive::SegmentEnd> segments{};  ///< that the store has confirmed

    [[nodiscard]] std::uint64_t stored_size() const;
};

/// Begins the journal of an archive; ignores `archive.segments`.
Result<void> begin_journal(Context& context, const UnfinishedArchive& archive);
/// Notes segment `number`, counted from 1. `opening` is stored with the first.
Result<void> note_segment(Context& context, const std::string& archive_id, std::size_t number,
                          const archive::SegmentEnd& segment, const Buffer& opening);
/// The archives in the journal, the oldest first. One whose notes cannot be read is left out with a
/// warning in the log; its segments are removed like those of any interrupted run.
Result<std::vector<UnfinishedArchive>> read_journal(Context& context);

}  // namespace zg::ops
