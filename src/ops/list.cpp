#include "ops/list.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "base/result.hpp"
#include "catalog/chain.hpp"
#include "catalog/manifest.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"

namespace zg::ops {

Result<Listing> list_archives(Context& context, const std::string& dataset) {
    ZG_TRY(const archive::ArchiveView view, archive::load_archives(context));
    const catalog::Chains chains(view.archives);
    Listing listing;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        if (!dataset.empty() && view.archives[i].dataset != dataset) continue;
        ListedArchive row{.archive = view.archives[i], .chain = {}, .problem = {}};
        if (const auto way = chains.way_to(i)) {
            for (const std::size_t index : *way)
                row.chain.push_back(view.archives[index].archive_id);
        } else {
            row.problem = way.error().what;
        }
        listing.archives.push_back(std::move(row));
    }
    ZG_TRY(const std::vector<UnfinishedArchive> journal, read_journal(context));
    for (const UnfinishedArchive& archive : journal) {
        if (view.committed.contains(archive.archive_id) ||
            view.removed.contains(archive.archive_id) ||
            (!dataset.empty() && archive.dataset != dataset))
            continue;
        listing.unfinished.push_back({archive.archive_id, archive.dataset, archive.snapshot,
                                      archive.started, archive.segments.size(),
                                      archive.stored_size()});
    }
    for (const archive::Removal& removal : view.removals)
        listing.removals.push_back({removal.tombstone.archive_id, removal.tombstone.removed,
                                    removal.tombstone.rule, removal.leftovers.size(),
                                    removal.report()});
    for (const archive::UnreadableManifest& manifest : view.unreadable)
        listing.unreadable.emplace_back(manifest.archive_id, manifest.error.message());
    const auto closed = std::ranges::count(view.archives, false, &catalog::Manifest::opened);
    if (!dataset.empty() && listing.archives.empty() && listing.unreadable.empty() &&
        listing.unfinished.empty())
        return fail(
            {.kind = ErrorKind::not_found,
             .what = "the store has no archive of this dataset",
             .where = dataset,
             .hint =
                 closed > 0
                     ? "the names of some archives are encrypted: give the key with --identity FILE"
                     : "`zglacier list` without a dataset lists all archives in the store"});
    std::ranges::stable_sort(listing.archives, [](const ListedArchive& a, const ListedArchive& b) {
        return std::tie(a.archive.dataset, a.archive.host, a.archive.dataset_guid) <
               std::tie(b.archive.dataset, b.archive.host, b.archive.dataset_guid);
    });
    return listing;
}

}  // namespace zg::ops
