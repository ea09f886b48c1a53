#include "ops/backup/survey.hpp"

#include <string>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "base/result.hpp"
#include "ops/backup/backup.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/backup/journal.hpp"
#include "ops/backup/resume.hpp"
#include "ops/context.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

Result<Survey> survey_backup(Context& context, const zfs::Zfs& zfs, const BackupOptions& options) {
    Survey survey;
    ZG_TRY(survey.encryption, archive::choose_encryption(context.archives, options.encryption));
    ZG_TRY(survey.dataset, zfs.inspect(options.dataset, mark_property));
    ZG_TRY(survey.view, archive::load_archives(context));
    for (const archive::UnreadableManifest& manifest : survey.view.unreadable)
        context.world.log.warning(manifest.error.message());
    ZG_TRY(const std::vector<UnfinishedArchive> journal, read_journal(context));
    const std::string tag = tag_for(context, options.dataset);
    survey.journal = choose_unfinished(journal, survey.view,
                                       {.can = zfs.capabilities(),
                                        .dataset = survey.dataset,
                                        .tag = tag,
                                        .encryption = survey.encryption,
                                        .restart = options.restart});
    return survey;
}

}  // namespace zg::ops
