// Which unfinished archive a backup goes on with.
#pragma once

#include <optional>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "ops/backup/journal.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// What find_unfinished() goes by.
struct ResumeQuestion {
    const zfs::Zfs& zfs;
    const zfs::Dataset& dataset;
    const std::string& tag;                 ///< the owner's, of the archive id
    const archive::Encryption& encryption;  ///< what this run would encrypt to
    bool restart = false;                   ///< the user does not want to go on
};

/// The journal's archive of this dataset that can be gone on with: its snapshot and base are still
/// there, it is encrypted to the same recipients, and the store has a segment of it. Its segments
/// are those that the store has, and none behind the last place where zfs send can go on. Others
/// are given up: forgotten in the journal, so that clean_up() removes what they left. What is in
/// the store beyond the journal is removed.
Result<std::optional<UnfinishedArchive>> find_unfinished(archive::Context& context,
                                                         archive::ArchiveView& view,
                                                         const ResumeQuestion& question);

/// The archive that find_unfinished() would give, with the segments that the store has; for a dry
/// run, since it changes nothing.
Result<std::optional<UnfinishedArchive>> foresee_unfinished(archive::Context& context,
                                                            const archive::ArchiveView& view,
                                                            const ResumeQuestion& question);

}  // namespace zg::ops
