#include "ops/adopt/adopting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "ops/adopt/adopt.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/context.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/names.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "vault_tools/foreign.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// One run of adopt_into().
class Adopting {
  public:
    Adopting(Context& context, vault_tools::ForeignArchives& vault, const zfs::Zfs* zfs,
             const AdoptRequest& request)
        : context_(context), vault_(vault), zfs_(zfs), request_(request) {}

    Result<AdoptReport> run() {
        ZG_TRY(const store::Inventory inventory, vault_.inventory());
        report_.inventory = inventory.date;
        for (const store::InventoryArchive& entry : inventory.archives)
            entries_.emplace(entry.id, entry);
        ZG_TRY(view_, archive::load_archives(context_));
        for (const catalog::Manifest& archive : view_.archives)
            if (archive.adopted) known_.emplace(archive.adopted->archive, archive);
        ZG_CHECK(choose());
        ZG_CHECK(prove_readable());
        ZG_CHECK(take_in());
        return std::move(report_);
    }

  private:
    struct Stream {
        catalog::Manifest manifest;
        std::optional<catalog::Manifest> stored;  // as the store has it
        bool full = false;                        // by its description or the request
    };

    /// Chooses the archives to adopt, and the dataset of each.
    Result<void> choose() {
        for (const std::string& id : request_.archives) {
            if (!entries_.contains(id))
                return fail(
                    {.kind = ErrorKind::not_found,
                     .what = fmt::format("there is no such archive in the inventory of {}",
                                         rfc3339_utc(report_.inventory)),
                     .where = id,
                     .hint = "`zglacier vault inventory` lists the archives; one that was uploaded "
                             "since then will be in the next inventory, a day later"});
            const auto mark = store::parse_description(entries_.at(id).description);
            if (mark)
                return fail(
                    {.kind = ErrorKind::usage,
                     .what = "this archive was written by zglacier and is already part of a store",
                     .where = id});
        }
        for (const auto& [id, entry] : entries_) {
            if (store::parse_description(entry.description)) continue;
            if (const auto known = known_.find(id); known != known_.end()) {
                streams_[known->second.dataset].push_back({known->second, known->second, false});
                continue;
            }
            const bool named = std::ranges::find(request_.archives, id) != request_.archives.end();
            auto described = read_description(entry.description, vault_.vault());
            const bool chosen = request_.archives.empty()
                                    ? described && (request_.dataset.empty() ||
                                                    request_.dataset == described->dataset)
                                    : named;
            if (chosen && !request_.dataset.empty())
                described = DescribedStream{.dataset = request_.dataset,
                                            .snapshot = described ? described->snapshot : "",
                                            .full = described && described->full};
            const auto manifest =
                chosen && described
                    ? std::optional(manifest_of_entry(entry, *described, request_.host))
                    : std::nullopt;
            // What was removed on purpose must not come back.
            if (!manifest || view_.has_tombstone(manifest->archive_id)) {
                report_.left.push_back({.id = entry.id, .description = entry.description});
                continue;
            }
            const bool full =
                described->full || (request_.full && named && request_.archives.front() == id);
            streams_[described->dataset].push_back({*manifest, std::nullopt, full});
        }
        for (auto& [dataset, streams] : streams_)
            std::ranges::sort(streams, {}, [](const Stream& stream) {
                return std::pair(stream.manifest.created, stream.manifest.archive_id);
            });
        return {};
    }

    /// Proves the archives whose beginning can be read; requests the other beginnings if the user
    /// wants that.
    Result<void> prove_readable() {
        ZG_TRY(const auto jobs, vault_.beginnings());
        std::vector<const Stream*> to_request;
        for (auto& [dataset, streams] : streams_) {
            for (Stream& stream : streams) {
                if (stream.manifest.proved()) continue;
                const auto job = jobs.find(stream.manifest.adopted->archive);
                if (job == jobs.end()) {
                    if (request_.prove) to_request.push_back(&stream);
                } else if (job->second.ready) {
                    ZG_CHECK(prove_by(job->second, stream));
                } else {
                    ++report_.waiting;
                }
            }
            std::erase_if(streams, [&](const Stream& stream) {
                return std::ranges::find(report_.no_streams, stream.manifest.adopted->archive) !=
                           report_.no_streams.end() &&
                       !stream.stored;
            });
        }
        if (!to_request.empty() && request_.before_request)
            request_.before_request(to_request.size());
        for (const Stream* stream : to_request) ZG_CHECK(request_beginning(*stream));
        return {};
    }

    Result<void> prove_by(const vault_tools::BeginningJob& job, Stream& stream) {
        ZG_TRY(const auto bytes, vault_.read_beginning(job, stream.manifest.stored_size));
        // It has expired since it was listed, as if it had never been requested.
        if (!bytes) return request_.prove ? request_beginning(stream) : Result<void>{};
        stream::Checker checker;
        (void)checker.feed(*bytes);
        const stream::Begin* begin = checker.summary().first_stream();
        if (begin == nullptr) {
            report_.no_streams.push_back(stream.manifest.adopted->archive);
            return {};
        }
        prove(stream.manifest, *begin);
        ++report_.proved;
        return {};
    }

    Result<void> request_beginning(const Stream& stream) {
        ZG_CHECK(vault_.request_beginning({.archive = stream.manifest.adopted->archive,
                                           .size = stream.manifest.stored_size,
                                           .tier = request_.tier,
                                           .topic = request_.topic}));
        ++report_.asked;
        ++report_.waiting;
        return {};
    }

    Result<void> take_in() {
        ZG_TRY(names_, vault_.adopted());
        for (auto& [dataset, streams] : streams_) {
            ZG_CHECK(find_newest_snapshot(dataset, streams));
            std::vector<catalog::Manifest> chain;
            std::vector<bool> full;
            for (std::size_t i = 0; i < streams.size(); ++i) {
                chain.push_back(streams[i].manifest);
                // An archive once considered full stays full until its stream proves otherwise.
                full.push_back(streams[i].full ||
                               (streams[i].stored && !streams[i].stored->proved() &&
                                streams[i].stored->full()));
            }
            chain_up(chain, full);
            for (std::size_t i = 0; i < streams.size(); ++i) {
                if (!streams[i].stored) ++report_.taken;
                ZG_CHECK(write(chain[i], streams[i].stored));
            }
            std::ranges::move(chain, std::back_inserter(report_.archives));
        }
        return {};
    }

    /// If this machine still has the dataset and the snapshot in the newest archive, that archive's
    /// guid is known before its stream is read.
    Result<void> find_newest_snapshot(const std::string& dataset, std::vector<Stream>& streams) {
        if (zfs_ == nullptr || streams.empty() || streams.back().manifest.proved()) return {};
        ZG_TRY(const auto here, zfs_->find(dataset, mark_property));
        if (!here) return {};
        catalog::Manifest& newest = streams.back().manifest;
        for (const std::string& name : {newest.snapshot, std::string("glacier")}) {
            const auto snapshot = std::ranges::find(here->snapshots, name, &zfs::Snapshot::name);
            if (snapshot == here->snapshots.end()) continue;
            ZG_TRY(const auto taken, zfs_->creation(fmt::format("{}@{}", dataset, name)));
            // A snapshot taken after the upload, or before the previous archive, belongs to another
            // archive.
            const bool after_last =
                streams.size() < 2 ||
                (taken && *taken > streams[streams.size() - 2].manifest.created);
            if (!taken || *taken > newest.created || !after_last) continue;
            newest.to_guid = snapshot->guid;
            newest.snapshot = name;
            newest.snapshot_time = *taken;
            newest.dataset_guid = here->guid;
            newest.dataset_type = here->type;
            return {};
        }
        return {};
    }

    Result<void> write(const catalog::Manifest& archive,
                       const std::optional<catalog::Manifest>& stored) {
        const std::string name = archive.object_name(archive.segments.front());
        if (!names_.contains(archive.adopted->archive)) {
            context_.world.steps.at("adopt.mark " + name);
            ZG_CHECK(vault_.adopt(entries_.at(archive.adopted->archive), name));
        }
        if (stored == archive) return {};
        context_.world.steps.at("adopt.manifest " + name);
        ZG_CHECK(context_.archives.store.put(catalog::manifest_name(archive.archive_id),
                                             as_bytes(catalog::to_json(archive))));
        return context_.archives.catalog.put(archive);
    }

    Context& context_;
    vault_tools::ForeignArchives& vault_;
    const zfs::Zfs* zfs_;
    const AdoptRequest& request_;
    archive::ArchiveView view_;
    std::map<std::string, store::InventoryArchive> entries_;  // by Glacier's id
    std::map<std::string, catalog::Manifest> known_;          // adopted before, by Glacier's id
    std::map<std::string, std::string> names_;                // marked, by Glacier's id
    std::map<std::string, std::vector<Stream>> streams_;      // by dataset, the oldest first
    AdoptReport report_;
};

}  // namespace

Result<AdoptReport> adopt_into(Context& context, vault_tools::ForeignArchives& vault,
                               const zfs::Zfs* zfs, const AdoptRequest& request) {
    return Adopting(context, vault, zfs, request).run();
}

Result<void> release_from(Context& context, vault_tools::ForeignArchives& vault,
                          const std::vector<std::string>& archives) {
    ZG_TRY(const auto names, vault.adopted());
    for (const std::string& archive : archives) {
        const auto name = names.find(archive);
        if (name == names.end())
            return fail({.kind = ErrorKind::not_found,
                         .what = "this archive was not adopted",
                         .where = archive});
        const std::string id = catalog::parse_object_name(name->second).archive_id;
        ZG_CHECK(context.archives.store.remove(catalog::manifest_name(id)));
        ZG_CHECK(context.archives.store.remove(name->second));
        ZG_CHECK(context.archives.catalog.remove(id));
    }
    return {};
}

}  // namespace zg::ops
