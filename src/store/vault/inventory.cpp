#include "store/vault/inventory.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/vault/index.hpp"
#include "store/vault/names.hpp"

namespace zg::store {

namespace {

using Json = nlohmann::json;

// At the latest, an archive is in the first inventory made a day after its upload.
constexpr std::chrono::hours inventory_lag{48};

std::string text_of(const Json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<InventoryArchive> archive_of(const Json& json) {
    const auto hash = codec::Sha256Digest::from_hex(text_of(json, "SHA256TreeHash"));
    const auto created = aws::parse_iso_time(text_of(json, "CreationDate"));
    const auto size = json.find("Size");
    InventoryArchive archive{.id = text_of(json, "ArchiveId"),
                             .description = text_of(json, "ArchiveDescription")};
    if (archive.id.empty() || !hash || !created || size == json.end() ||
        !size->is_number_unsigned())
        return std::nullopt;
    archive.created = *created;
    archive.size = size->get<std::uint64_t>();
    archive.tree_hash = *hash;
    return archive;
}

/// One call of merge().
class Merging {
  public:
    Merging(VaultIndex& index, const Inventory& inventory) : index_(index), inventory_(inventory) {}

    Result<Merge> run(TimePoint now) {
        ZG_TRY(removed_, index_.removed());
        ZG_TRY(const auto known, index_.list(""));
        for (const VaultObject& object : known)
            for (const std::string& archive : object.archives) owners_[archive] = object.name;
        for (const InventoryArchive& archive : inventory_.archives) ZG_CHECK(take(archive));
        ZG_CHECK(take_adopted());
        ZG_CHECK(take_pieces());
        ZG_CHECK(drop_lost(known));
        ZG_CHECK(index_.forget_removed(inventory_.date - inventory_lag));
        ZG_CHECK(index_.set_known({.inventory = inventory_.date, .taken = now}));
        return std::move(merge_);
    }

  private:
    Result<void> take(const InventoryArchive& archive) {
        listed_.insert(archive.id);
        if (removed_.contains(archive.id) || owners_.contains(archive.id)) return {};
        auto mark = parse_description(archive.description);
        if (!mark) {
            merge_.foreign.push_back(archive);
        } else if (mark->kind == VaultMark::Kind::adopted) {
            adopted_.emplace(mark->archive, std::pair(mark->name, &archive));
        } else if (mark->kind == VaultMark::Kind::piece) {
            contents_[mark->name][mark->stamp].push_back({std::move(*mark), &archive});
        } else {
            return take_segment(*mark, archive);
        }
        return {};
    }

    Result<void> take_segment(const VaultMark& mark, const InventoryArchive& archive) {
        ZG_TRY(const auto there, index_.find(mark.name));
        if (there) {
            merge_.strays.push_back(archive);
            return {};
        }
        ++merge_.added;
        return index_.put({.name = mark.name,
                           .archives = {archive.id},
                           .size = mark.kind == VaultMark::Kind::empty_segment ? 0 : archive.size,
                           .tree_hash = archive.tree_hash,
                           .modified = archive.created});
    }

    /// Adopted archives of other programs: made segments of ours by a mark.
    Result<void> take_adopted() {
        std::vector<InventoryArchive> foreign = std::exchange(merge_.foreign, {});
        for (InventoryArchive& archive : foreign) {
            const auto mark = adopted_.find(archive.id);
            if (mark == adopted_.end()) {
                merge_.foreign.push_back(std::move(archive));
                continue;
            }
            ++merge_.added;
            const auto& [name, of_mark] = mark->second;
            ZG_CHECK(index_.put({.name = name,
                                 .archives = {archive.id, of_mark->id},
                                 .size = archive.size,
                                 .tree_hash = archive.tree_hash,
                                 .modified = of_mark->created}));
            adopted_.erase(mark);
        }
        // Its archive is gone, or has a second mark.
        for (const auto& [archive, mark] : adopted_) merge_.strays.push_back(*mark.second);
        return {};
    }

    struct Piece {
        VaultMark mark;
        const InventoryArchive* archive;
    };

    /// For each name, the newest complete content, if it is newer than the index's.
    Result<void> take_pieces() {
        for (auto& [name, stamps] : contents_) {
            ZG_TRY(const auto there, index_.find(name));
            bool taken = false;
            for (std::vector<Piece>& pieces : std::views::reverse(stamps) | std::views::values) {
                std::ranges::sort(pieces, {}, [](const Piece& piece) { return piece.mark.number; });
                const bool newer = !there || pieces.front().archive->created > there->modified;
                if (!taken && newer && is_whole(pieces)) {
                    ZG_TRY(taken, take_content(name, pieces));
                    if (taken) continue;
                }
                for (const Piece& piece : pieces) merge_.strays.push_back(*piece.archive);
            }
        }
        return {};
    }

    static bool is_whole(const std::vector<Piece>& pieces) {
        for (std::size_t i = 0; i < pieces.size(); ++i)
            if (pieces[i].mark.number != i + 1 || pieces[i].mark.count != pieces.size())
                return false;
        return true;
    }

    Result<bool> take_content(const std::string& name, const std::vector<Piece>& pieces) {
        std::vector<VaultMark> marks;
        VaultObject object{.name = name, .modified = pieces.front().archive->created};
        for (const Piece& piece : pieces) {
            marks.push_back(piece.mark);
            object.archives.push_back(piece.archive->id);
        }
        auto content = join_pieces(marks);
        if (!content) return false;
        object.size = content->size();
        object.content = std::move(*content);
        ZG_CHECK(index_.put(object));
        ++merge_.added;
        return true;
    }

    /// Objects that somebody else has removed.
    Result<void> drop_lost(const std::vector<VaultObject>& known) {
        for (const VaultObject& object : known) {
            const bool old = object.modified + inventory_lag < inventory_.date;
            const bool there = std::ranges::all_of(
                object.archives,
                [&](const std::string& archive) { return listed_.contains(archive); });
            if (!old || there) continue;
            merge_.lost.push_back(object.name);
            ZG_CHECK(index_.remove(object.name, inventory_.date));
        }
        return {};
    }

    VaultIndex& index_;
    const Inventory& inventory_;
    std::set<std::string> removed_;
    std::map<std::string, std::string> owners_;  // archive id to name
    std::set<std::string> listed_;
    // by the archive's id: its name, and the mark
    std::map<std::string, std::pair<std::string, const InventoryArchive*>> adopted_;
    // by name and stamp
    std::map<std::string, std::map<std::uint64_t, std::vector<Piece>>> contents_;
    Merge merge_;
};

}  // namespace

Result<Inventory> parse_inventory(Bytes json) {
    Inventory inventory;
    bool sound = true;
    // Entries are processed while they are read, and not kept: a vault can hold millions.
    constexpr int entry_depth = 2;
    const auto take = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth != entry_depth || event != Json::parse_event_t::object_end) return true;
        if (auto archive = archive_of(parsed))
            inventory.archives.push_back(std::move(*archive));
        else
            sound = false;
        return false;
    };
    const Json whole = Json::parse(as_text(json), take, false);
    const auto date =
        whole.is_object() ? aws::parse_iso_time(text_of(whole, "InventoryDate")) : std::nullopt;
    if (!sound || !date || !whole.contains("ArchiveList"))
        return fail({.kind = ErrorKind::damage,
                     .what = "this is not a vault's inventory",
                     .hint = "request it again: `zglacier vault inventory VAULT`"});
    inventory.date = *date;
    inventory.vault_arn = text_of(whole, "VaultARN");
    return inventory;
}

Result<Merge> merge(VaultIndex& index, const Inventory& inventory, TimePoint now) {
    return Merging(index, inventory).run(now);
}

}  // namespace zg::store
