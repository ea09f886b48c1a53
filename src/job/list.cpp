#include "job/list.hpp"

#include <algorithm>
#include <tuple>

#include "catalog/chain.hpp"
#include "job/archive_view.hpp"

namespace zg::job {

Result<Listing> list_archives(Context& context, const std::string& dataset) {
    ZG_TRY(const ArchiveView view, look_at_store(context));
    const catalog::Chains chains(view.archives);
    Listing listing;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        if (!dataset.empty() && view.archives[i].dataset != dataset) continue;
        ListedArchive row{.archive = view.archives[i], .chain = {}, .problem = {}};
        if (const auto way = chains.way_to(i)) {
            for (const std::size_t index : *way) row.chain.push_back(view.archives[index].archive_id);
        } else {
            row.problem = way.error().what;
        }
        listing.archives.push_back(std::move(row));
    }
    for (const UnreadableManifest& manifest : view.unreadable)
        listing.unreadable.emplace_back(manifest.archive_id, manifest.error.message());
    if (!dataset.empty() && listing.archives.empty() && listing.unreadable.empty())
        return fail({.kind = ErrorKind::not_found,
                     .what = "the store has no archive of it",
                     .where = dataset,
                     .hint = "`zglacier list` without a dataset shows all that the store holds"});
    std::ranges::stable_sort(listing.archives, [](const ListedArchive& a, const ListedArchive& b) {
        return std::tie(a.archive.dataset, a.archive.host) < std::tie(b.archive.dataset, b.archive.host);
    });
    return listing;
}

}  // namespace zg::job
