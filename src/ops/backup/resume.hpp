// Which unfinished archive a backup resumes.
#pragma once

#include <optional>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// What choose_unfinished() goes by; all outlive the call.
struct ResumeQuestion {
    const zfs::Capabilities& can;
    const zfs::Dataset& dataset;
    const std::string& tag;                 ///< the owner's, of the archive id
    const archive::Encryption& encryption;  ///< what this run would encrypt to
    bool restart = false;                   ///< the user wants a new archive
};

/// What is to become of a dataset's archives in the journal.
struct JournalChoice {
    /// The archive to resume, with those segments only after which it can be resumed.
    std::optional<UnfinishedArchive> resumed{};
    struct GivenUp {
        UnfinishedArchive archive;  ///< as it was noted
        std::string reason;
    };
    std::vector<GivenUp> given_up{};
    std::vector<std::string> committed{};  ///< ids of those that are whole in the store
};

/// An archive is resumed if its snapshot and base are still there, it is encrypted to the same
/// recipients, and the store has a segment of it. Its segments are those that the store has, up to
/// the last place where zfs send can resume. Of several the newest is chosen.
JournalChoice choose_unfinished(const std::vector<UnfinishedArchive>& journal,
                                const archive::ArchiveView& view, const ResumeQuestion& question);

/// Brings journal, store and `view` in line with the choice: forgets what is committed or given up
/// (clean_up() removes what that left in the store), and removes from the store what goes beyond
/// the resumed archive's segments.
Result<void> settle_journal(Context& context, archive::ArchiveView& view,
                            const JournalChoice& choice);

}  // namespace zg::ops
