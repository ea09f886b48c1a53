#include "archive/removals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "catalog/chain.hpp"
#include "catalog/object_names.hpp"

namespace zg::archive {

namespace {

using catalog::Manifest;
using catalog::ObjectKind;
using Halfway = std::map<std::string, Manifest>;

/// The order in which the objects of an archive are removed: the manifest is first, because without
/// it the archive does not exist.
int place_in_removal(ObjectKind kind) {
    switch (kind) {
        case ObjectKind::manifest:
            return 0;
        case ObjectKind::signature:
            return 1;
        case ObjectKind::index:
            return 2;
        default:
            return 3;
    }
}

/// What is left of archives with a tombstone, by id. The tombstone and its signature stay.
std::map<std::string, std::vector<std::string>> find_leftovers(const ArchiveView& view) {
    struct Leftover {
        int place;
        std::string name;
        auto operator<=>(const Leftover&) const = default;
    };
    std::map<std::string, std::vector<Leftover>> found;
    for (const store::Entry& object : view.objects) {
        const auto [kind, id] = catalog::parse_object_name(object.name);
        if (kind == ObjectKind::tombstone) found[id];
    }
    for (const store::Entry& object : view.objects) {
        const auto [kind, id] = catalog::parse_object_name(object.name);
        const auto archive = found.find(id);
        if (archive == found.end() || object.name.starts_with(catalog::tombstones_prefix)) continue;
        archive->second.push_back({place_in_removal(kind), object.name});
    }
    std::map<std::string, std::vector<std::string>> leftovers;
    for (auto& [id, objects] : found) {
        std::ranges::sort(objects);
        std::vector<std::string>& names = leftovers[id];
        for (Leftover& leftover : objects) names.push_back(std::move(leftover.name));
    }
    return leftovers;
}

Result<catalog::Tombstone> read_tombstone(store::Store& store, const std::string& id) {
    ZG_TRY(const Buffer text, store.get(catalog::tombstone_name(id)));
    ZG_TRY(catalog::Tombstone tombstone, catalog::parse_tombstone(text));
    if (tombstone.archive_id != id)
        return fail(
            {.kind = ErrorKind::damage,
             .what = fmt::format("it belongs to another archive, {}", tombstone.archive_id)});
    return tombstone;
}

/// Reads the tombstones of archives with objects left in the store. Those that cannot be read
/// become idle.
Result<std::map<std::string, Removal>> read_removals(store::Store& store, ArchiveView& view) {
    std::map<std::string, Removal> removals;
    for (auto& [id, names] : find_leftovers(view)) {
        if (names.empty()) {
            view.removed.insert(id);
            continue;
        }
        auto tombstone = read_tombstone(store, id);
        if (tombstone) {
            removals.emplace(id, Removal{std::move(*tombstone), std::move(names)});
            continue;
        }
        Error error = std::move(tombstone.error());
        if (error.kind != ErrorKind::damage && error.kind != ErrorKind::unsupported)
            return fail(std::move(error));
        error.where = catalog::tombstone_name(id);
        view.idle_tombstones.push_back(
            {id, fmt::format("{}; archive {} is not removed", error.message(), id),
             error.kind == ErrorKind::damage});
    }
    return removals;
}

/// The archives that must stay although they have a tombstone, by id, with the reason.
class Needs {
  public:
    Needs(const ArchiveView& view, const Halfway& halfway,
          const std::map<std::string, Removal>& removals)
        : removals_(removals) {
        for (const Manifest& archive : view.archives) archives_.push_back(archive);
        for (const auto& [id, archive] : halfway) archives_.push_back(archive);
        staying_ = static_cast<std::size_t>(
            std::ranges::stable_partition(
                archives_,
                [&](const Manifest& archive) { return !removals.contains(archive.archive_id); })
                .begin() -
            archives_.begin());
        check_unreadable(view);
        check_chains();
    }
    [[nodiscard]] const std::map<std::string, std::string>& reasons() const { return reasons_; }

  private:
    /// What an archive builds on is unknown if its manifest cannot be read.
    void check_unreadable(const ArchiveView& view) {
        for (const UnreadableManifest& manifest : view.unreadable) {
            if (removals_.contains(manifest.archive_id)) continue;
            for (const auto& [id, removal] : removals_)
                reasons_.emplace(id, fmt::format("archive {}, whose manifest cannot be read, may "
                                                 "build on it",
                                                 manifest.archive_id));
        }
    }

    void check_chains() {
        const catalog::Chains all(archives_);
        const std::span<const Manifest> staying = std::span(archives_).first(staying_);
        const catalog::Chains without(staying);
        for (std::size_t i = 0; i < staying_; ++i) {
            if (without.way_to(i)) continue;
            const std::string& needing = archives_[i].archive_id;
            if (const auto way = all.way_to(i)) {
                for (const std::size_t step : *way)
                    if (step >= staying_)
                        reasons_.emplace(archives_[step].archive_id,
                                         fmt::format("archive {} builds on it", needing));
            } else {
                suspect_unknown(needing);
            }
        }
    }

    /// The base of archive `needing` is missing: it may have been any archive whose manifest is
    /// unknown.
    void suspect_unknown(const std::string& needing) {
        for (const auto& [id, removal] : removals_) {
            if (std::ranges::find(archives_, id, &Manifest::archive_id) == archives_.end())
                reasons_.emplace(
                    id, fmt::format("archive {}, whose base is missing, may build on it", needing));
        }
    }

    const std::map<std::string, Removal>& removals_;
    std::vector<Manifest> archives_;  // those that stay come first
    std::size_t staying_ = 0;
    std::map<std::string, std::string> reasons_;
};

std::string date_of(const catalog::Tombstone& tombstone) {
    return rfc3339_utc(tombstone.removed).substr(0, 10);
}

void take_out(ArchiveView& view, const std::string& id) {
    std::erase_if(view.archives, [&](const Manifest& one) { return one.archive_id == id; });
    std::erase_if(view.unreadable, [&](const auto& one) { return one.archive_id == id; });
    view.committed.erase(id);
    view.removed.insert(id);
}

}  // namespace

std::string Removal::title() const {
    return fmt::format("archive {}, removed on {} ({})", tombstone.archive_id, date_of(tombstone),
                       tombstone.rule);
}

std::string Removal::report() const {
    const bool one = leftovers.size() == 1;
    return fmt::format(
        "archive {} was removed on {} ({}), and {} object{} of it {} left: the next backup of its "
        "dataset on its host removes {}",
        tombstone.archive_id, date_of(tombstone), tombstone.rule, leftovers.size(), one ? "" : "s",
        one ? "is" : "are", one ? "it" : "them");
}

Result<void> apply_tombstones(store::Store& store, ArchiveView& view, Halfway& halfway) {
    ZG_TRY(auto removals, read_removals(store, view));
    if (removals.empty()) return {};
    const auto reasons = Needs(view, halfway, removals).reasons();
    for (auto& [id, removal] : removals) {
        if (const auto reason = reasons.find(id); reason != reasons.end()) {
            view.idle_tombstones.push_back(
                {id, fmt::format("archive {} is not removed, though it has a tombstone: {}", id,
                                 reason->second)});
            continue;
        }
        take_out(view, id);
        halfway.erase(id);
        view.removals.push_back(std::move(removal));
    }
    std::ranges::reverse(view.removals);
    return {};
}

}  // namespace zg::archive
