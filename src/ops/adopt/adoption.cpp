#include "ops/adopt/adoption.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/version.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "codec/sha256.hpp"
#include "ops/context.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/options.hpp"
#include "stream/features.hpp"
#include "stream/record.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

// Size of the ranges that are read; each is a node of the tree hash.
constexpr std::uint64_t adopted_part_size = std::uint64_t{16} << 20U;

/// Stands for a snapshot's guid that is not known; always the same for one archive.
std::uint64_t made_up_guid(const codec::Sha256Digest& digest) {
    std::uint64_t guid = 0;
    for (std::size_t i = 0; i < sizeof guid; ++i)
        guid = guid << 8U | std::to_integer<std::uint64_t>(digest.bytes[i]);
    return std::max<std::uint64_t>(guid, 1);
}

std::string without_marks(std::string word) {
    constexpr std::string_view marks = "\"'()[]<>,;:";
    while (!word.empty() && marks.contains(word.back())) word.pop_back();
    while (!word.empty() && marks.contains(word.front())) word.erase(word.begin());
    return word;
}

/// "pool/fs@name".
std::optional<DescribedStream> read_snapshot_name(const std::string& word) {
    const std::size_t at = word.find('@');
    if (at == std::string::npos || !zfs::check_dataset_name(word.substr(0, at)) ||
        !zfs::check_snapshot_name(word.substr(at + 1)))
        return std::nullopt;
    return DescribedStream{.dataset = word.substr(0, at), .snapshot = word.substr(at + 1)};
}

void save(Context& context, const catalog::Manifest& archive) {
    if (auto noted = context.archives.catalog.put(archive); !noted)
        context.world.log.warning(noted.error().message());
    if (auto put = context.archives.store.put(catalog::manifest_name(archive.archive_id),
                                              as_bytes(catalog::to_json(archive)));
        !put)
        context.world.log.warning(
            fmt::format("archive {}: its manifest could not be updated from its stream: {}",
                        archive.archive_id, put.error().message()));
}

}  // namespace

std::optional<DescribedStream> read_description(const std::string& description,
                                                const std::string& vault) {
    std::optional<DescribedStream> described;
    bool full = false;
    std::istringstream words(description);
    for (std::string word; words >> word;) {
        word = without_marks(std::move(word));
        full = full || word == "full" || word == "FULL" || word == "Full";
        if (described && !described->snapshot.empty()) continue;
        if (auto found = read_snapshot_name(word))
            described = std::move(found);
        else if (!described && zfs::check_dataset_name(word) &&
                 store::vault_for_dataset(word) == vault)
            described = DescribedStream{.dataset = word};
    }
    if (described) described->full = full;
    return described;
}

catalog::Manifest manifest_of_entry(const store::InventoryArchive& entry,
                                    const DescribedStream& described, const std::string& host) {
    const codec::Sha256Digest digest = codec::sha256(as_bytes(entry.id));
    catalog::Manifest manifest{
        .archive_id = catalog::make_archive_id(entry.created, digest.hex().substr(0, 8)),
        .host = host,
        .dataset = described.dataset,
        .dataset_guid = 0,
        .dataset_type = "filesystem",
        .snapshot = described.snapshot.empty() ? compact_utc(entry.created) : described.snapshot,
        .snapshot_time = entry.created,
        .to_guid = made_up_guid(digest),
        .from_guid = 0,
        .send_flags = "",
        .raw = false,
        .encodings = {},
        .features = 0,
        .created = entry.created,
        .program = program_version(),
        .stream_size = entry.size,
        .stored_size = entry.size,
        .end_checksum = {},
        .segments = {},
        .adopted = catalog::Adoption{.archive = entry.id}};
    manifest.segments.push_back({.name = "000001.zfs",
                                 .stored_size = entry.size,
                                 .stream_begin = 0,
                                 .stream_end = entry.size,
                                 .first = {},
                                 .last = {},
                                 .part_size = adopted_part_size,
                                 .tree_hash = entry.tree_hash});
    return manifest;
}

std::vector<bool> chain_up(std::span<catalog::Manifest> archives, const std::vector<bool>& full) {
    std::vector<bool> changed(archives.size());
    for (std::size_t i = 0; i < archives.size(); ++i) {
        if (archives[i].proved()) continue;
        const std::uint64_t from = i == 0 || full[i] ? 0 : archives[i - 1].to_guid;
        changed[i] = from != archives[i].from_guid;
        archives[i].from_guid = from;
    }
    return changed;
}

void prove(catalog::Manifest& archive, const stream::Begin& begin) {
    archive.to_guid = begin.to_guid;
    archive.from_guid = begin.from_guid;
    if (const std::size_t at = begin.to_name.find('@'); at != std::string::npos)
        archive.snapshot = begin.to_name.substr(at + 1);
    archive.snapshot_time =
        TimePoint(std::chrono::seconds(static_cast<std::int64_t>(begin.creation_time)));
    archive.dataset_type = begin.objset_type == 3 ? "volume" : "filesystem";
    archive.raw = begin.is_raw();
    archive.features = begin.features;
    if (stream::has_feature(begin.features, stream::Feature::large_blocks))
        archive.send_flags = "-L";
    archive.adopted->proved = true;
}

void record_proof(Context& context, catalog::Manifest& archive, catalog::Manifest* next,
                  const stream::Begin& begin) {
    const std::uint64_t thought = archive.to_guid;
    prove(archive, begin);
    save(context, archive);
    if (next == nullptr || next->from_guid != thought || thought == archive.to_guid) return;
    if (next->proved()) {
        context.world.log.warning(
            fmt::format("archive {} builds on the snapshot with guid {}; archive {} was thought to "
                        "hold it, but holds another one",
                        next->archive_id, thought, archive.archive_id));
        return;
    }
    next->from_guid = archive.to_guid;
    save(context, *next);
}

}  // namespace zg::ops
