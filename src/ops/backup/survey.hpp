// The state that a backup starts from.
#pragma once

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "base/result.hpp"
#include "ops/backup/backup.hpp"
#include "ops/backup/resume.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

struct Survey {
    zfs::Dataset dataset;
    archive::ArchiveView view;
    archive::Encryption encryption;  ///< of a new archive
    JournalChoice journal;           ///< what is done with unfinished archives
};

/// Reads the dataset, the store and the journal; changes nothing. Unreadable manifests are logged
/// as warnings.
Result<Survey> survey_backup(Context& context, const zfs::Zfs& zfs, const BackupOptions& options);

}  // namespace zg::ops
