#include "ops/restore/source.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "catalog/archive_id.hpp"
#include "catalog/chain.hpp"

namespace zg::ops {

namespace {

std::unexpected<Error> not_found(const std::string& what, const std::string& where) {
    return fail({.kind = ErrorKind::not_found,
                 .what = what,
                 .where = where,
                 .hint = "`zglacier list` lists the datasets and snapshots in the store"});
}

/// A newer archive of the same snapshot, or one of a newer snapshot, comes later.
bool older(const catalog::Manifest& a, const catalog::Manifest& b) {
    return std::pair(a.snapshot_time, a.archive_id) < std::pair(b.snapshot_time, b.archive_id);
}

}  // namespace

Result<std::size_t> find_archive(const archive::ArchiveView& view, const RestoreSource& source) {
    const bool by_id = catalog::is_archive_id(source.text);
    const std::size_t at = source.text.find('@');
    const std::string dataset = source.text.substr(0, at);
    std::optional<std::size_t> found;
    std::set<std::string> hosts;
    std::size_t closed = 0;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        const catalog::Manifest& archive = view.archives[i];
        if (!archive.opened) ++closed;
        if (by_id ? archive.archive_id != source.text : archive.dataset != dataset) continue;
        if (at != std::string::npos && archive.snapshot != source.text.substr(at + 1)) continue;
        if (!source.host.empty() && archive.host != source.host) continue;
        hosts.insert(archive.host);
        if (!found || older(view.archives[*found], archive)) found = i;
    }
    for (const archive::UnreadableManifest& manifest : view.unreadable) {
        if (by_id && manifest.archive_id == source.text) return fail(manifest.error);
    }
    if (!found) {
        auto none = not_found(by_id ? "there is no such archive in the store"
                                    : "the store has no such dataset or snapshot",
                              source.text);
        if (!by_id && closed > 0)
            none.error().hint = fmt::format(
                "{} encrypted archive{} not shown by name: give the key with --identity FILE",
                closed, closed == 1 ? " is" : "s are");
        return none;
    }
    if (hosts.size() > 1) {
        std::string names;
        for (const std::string& host : hosts) names += (names.empty() ? "" : ", ") + host;
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("several hosts have this dataset: {}", names),
                     .where = source.text,
                     .hint = "choose one with --host NAME"});
    }
    return *found;
}

Result<std::vector<catalog::Manifest>> chain_to(const archive::ArchiveView& view,
                                                std::size_t wanted) {
    ZG_TRY(const std::vector<std::size_t> way, catalog::Chains(view.archives).way_to(wanted));
    std::vector<catalog::Manifest> chain;
    for (const std::size_t index : way) chain.push_back(view.archives[index]);
    return chain;
}

}  // namespace zg::ops
