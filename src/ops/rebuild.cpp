#include "ops/rebuild.hpp"

#include "archive/archive_view.hpp"
#include "base/result.hpp"
#include "ops/context.hpp"

namespace zg::ops {

Result<RebuildReport> rebuild(Context& context, bool dry_run) {
    if (!dry_run) ZG_CHECK(context.archives.store.refresh());
    ZG_TRY(const archive::ArchiveView view, dry_run ? archive::read_all_manifests(context.archives)
                                                    : archive::rebuild_catalog(context));
    RebuildReport report{.catalog = context.archives.catalog.path(),
                         .archives = view.archives.size(),
                         .unreadable = {}};
    for (const archive::UnreadableManifest& manifest : view.unreadable)
        report.unreadable.push_back({manifest.archive_id, manifest.error});
    return report;
}

}  // namespace zg::ops
