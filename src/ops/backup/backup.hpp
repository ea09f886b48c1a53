// Backup: one dataset, one new archive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/encryption.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "ops/backup/send_plan.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

struct BackupOptions {
    std::string dataset;
    /// name after '@' of an existing snapshot; nothing: take one
    std::optional<std::string> snapshot;
    SendChoices send;
    CompressionChoice compression;
    archive::EncryptionChoice encryption;
    bool full = false;
    /// give up an archive that an earlier run did not finish, instead of resuming it
    bool restart = false;
    unsigned keep_snapshots = 1;
    std::uint64_t segment_size = archive::SegmentPlan{}.segment_size;  ///< bytes, at least 1 MiB
    std::uint64_t part_size = archive::SegmentPlan{}.part_size;        ///< bytes
    bool dry_run = false;
};

struct BackupReport {
    enum class Outcome { stored, unchanged, dry_run } outcome = Outcome::unchanged;
    std::string dataset;
    std::string snapshot;             ///< "pool/fs@name"; empty if none was taken
    std::string reason;               ///< why this base, or why full
    std::optional<std::string> base;  ///< id of the archive it builds on; nothing: a full archive
    std::string send_flags;
    std::optional<codec::Compression> compression;
    bool encrypted = false;
    bool resumed = false;                   ///< the archive was begun by an earlier run
    std::optional<std::uint64_t> estimate;  ///< bytes, as estimated by zfs; dry run only
    std::uint64_t memory = 0;               ///< the most the pipeline needs, bytes; dry run only
    /// Archives that were removed on purpose and whose leftovers a run would remove; dry run only.
    /// "archive ID, removed on DATE (RULE): 3 objects".
    std::vector<std::string> removals;
    std::optional<catalog::Manifest> archive;  ///< what was stored

    /// "none", or as --compression takes it: "zstd:3".
    [[nodiscard]] std::string compression_text() const;
    /// "none" or "age".
    [[nodiscard]] std::string encryption_text() const;
};

/// The values of --compression other than auto and none, for its help.
using codec::compression_forms;

/// Backs up one dataset: stores one archive, full or incremental, or nothing if nothing has
/// changed. Cleans up after earlier runs that did not end. An archive that an earlier run left
/// unfinished is finished first, as it was begun; then the changes since its snapshot are stored as
/// well, and the report is of the newer archive. If it fails, nothing is committed. Segments that
/// the store has confirmed stay, with snapshot and hold, for the next run to resume; if there are
/// none, everything this run made is removed as far as possible. `where` of an error names the
/// dataset, the snapshot or the object.
Result<BackupReport> backup(Context& context, const zfs::Zfs& zfs, const BackupOptions& options);

}  // namespace zg::ops
