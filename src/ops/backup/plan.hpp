// What a backup will do: every decision, and no action.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "archive/encryption.hpp"
#include "archive/write/put_stream.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "ops/backup/backup.hpp"
#include "ops/backup/journal.hpp"
#include "ops/backup/send_plan.hpp"
#include "ops/backup/survey.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// Nothing is stored.
struct Unchanged {
    std::string reason;
};

/// One archive is stored.
struct ArchivePlan {
    std::optional<Base> base;                     ///< nothing: a full archive
    std::optional<zfs::Snapshot> snapshot;        ///< that exists; nothing: it will be taken
    std::optional<UnfinishedArchive> unfinished;  ///< the archive to resume
    zfs::SendSpec spec;                           ///< `snapshot` is empty if one is to be taken
    std::optional<codec::Compression> compression;
    archive::SegmentPlan segments;
    /// Only the stream can show whether anything was written since the base.
    bool may_be_unchanged = false;
    std::string reason;  ///< why this base, or why a full archive

    [[nodiscard]] archive::PutOptions put_options(const archive::Encryption& encryption) const {
        return {.plan = segments, .coding = {.compression = compression, .encryption = encryption}};
    }
};

using BackupPlan = std::variant<Unchanged, ArchivePlan>;

/// The reason of an Unchanged: "nothing was written since vat/home@name".
std::string unchanged_since(const std::string& dataset, const std::string& from);

/// Decides, and changes nothing; queries `zfs` only for what depends on the base. A run without
/// --dry-run does exactly what is decided here. Errors: not_found (no such snapshot), unsupported
/// (a flag that this zfs does not have), those of check_same_keys().
Result<BackupPlan> plan_backup(const Survey& survey, const zfs::Zfs& zfs,
                               const BackupOptions& options, Log& log);

}  // namespace zg::ops
