// Which unfinished archive a backup resumes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "base/result.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

/// The arguments of choose_unfinished(); all outlive the call.
struct ResumeQuestion {
    const zfs::Capabilities& can;
    const zfs::Dataset& dataset;
    const std::string& tag;                 ///< the owner tag in the archive id
    const archive::Encryption& encryption;  ///< what this run would encrypt to
    bool restart = false;                   ///< the user wants a new archive
};

/// What is done with a dataset's archives in the journal.
struct JournalChoice {
    /// The archive to resume, with only the segments that are kept.
    std::optional<UnfinishedArchive> resumed{};
    struct GivenUp {
        UnfinishedArchive archive;  ///< as noted
        std::string reason;
    };
    std::vector<GivenUp> given_up{};
    std::vector<std::string> committed{};  ///< ids of those that are complete in the store
};

/// An archive is resumed if its snapshot and base still exist, it is encrypted to the same
/// recipients, and the store has a segment of it. Its segments are those that the store has, up to
/// the last one after which zfs send can resume. Of several archives the newest is resumed.
JournalChoice choose_unfinished(const std::vector<UnfinishedArchive>& journal,
                                const archive::ArchiveView& view, const ResumeQuestion& question);

/// Brings journal, store and `view` in line with the choice: removes committed and given-up
/// archives from the journal (clean_up() removes the latter from the store), and removes from the
/// store all other segments of the resumed archive.
Result<void> settle_journal(Context& context, archive::ArchiveView& view,
                            const JournalChoice& choice);

}  // namespace zg::ops
