#include "ops/adopt/adopt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "archive/archive_view.hpp"
#include "base/units.hpp"
#include "ops/adopt/adoption.hpp"
#include "ops/backup/cleanup.hpp"
#include "store/vault/names.hpp"
#include "stream/checker.hpp"
#include "vault_tools/inventory.hpp"

namespace zg::ops {

namespace {

// Enough for the BEGIN record, and the smallest range that can be retrieved.
constexpr std::uint64_t beginning = std::uint64_t{1} << 20U;
constexpr const char* job_description = "zglacier adopt";

/// One run of adopt().
class Adopting {
  public:
    Adopting(Context& context, store::VaultAdopter& adopter, const zfs::Zfs* zfs,
             const AdoptRequest& request)
        : context_(context), adopter_(adopter), zfs_(zfs), request_(request) {}

    Result<AdoptReport> run(const std::function<void(std::size_t)>& before_asking) {
        ZG_TRY(const vault_tools::VaultListing listing,
               vault_tools::list_vault(adopter_.glacier(), adopter_.vault(), false, "",
                                       context_.world.clock));
        report_.inventory = listing.date;
        for (const vault_tools::VaultEntry& entry : listing.archives)
            entries_.emplace(entry.id, entry);
        ZG_TRY(const archive::ArchiveView view, archive::look_at_store(context_));
        for (const catalog::Manifest& archive : view.archives)
            if (archive.adopted) known_.emplace(archive.adopted->archive, archive);
        ZG_CHECK(choose());
        ZG_CHECK(prove_readable(before_asking));
        ZG_CHECK(take_in());
        return std::move(report_);
    }

  private:
    struct Stream {
        catalog::Manifest manifest;
        std::optional<catalog::Manifest> stored;  // as the store has it
        bool full = false;                        // by what is told of it
    };

    /// Which archives there are, and of which dataset.
    Result<void> choose() {
        for (const std::string& id : request_.archives) {
            if (!entries_.contains(id))
                return fail({.kind = ErrorKind::not_found,
                             .what = fmt::format("the inventory of {} has no such archive",
                                                 rfc3339_utc(report_.inventory)),
                             .where = id,
                             .hint = "`zglacier vault inventory` shows those it has; one that was "
                                     "uploaded since then is in the next, a day later"});
            const auto mark = store::parse_description(entries_.at(id).description);
            if (mark)
                return fail({.kind = ErrorKind::usage,
                             .what = "zglacier wrote this archive: it is part of a store already",
                             .where = id});
        }
        for (const auto& [id, entry] : entries_) {
            if (store::parse_description(entry.description)) continue;
            if (const auto known = known_.find(id); known != known_.end()) {
                streams_[known->second.dataset].push_back({known->second, known->second, false});
                continue;
            }
            const bool named = std::ranges::find(request_.archives, id) != request_.archives.end();
            auto told = read_description(entry.description, adopter_.vault());
            const bool chosen =
                request_.archives.empty()
                    ? told && (request_.dataset.empty() || request_.dataset == told->dataset)
                    : named;
            if (chosen && !request_.dataset.empty())
                told = DescribedStream{.dataset = request_.dataset,
                                       .snapshot = told ? told->snapshot : "",
                                       .full = told && told->full};
            if (!chosen || !told) {
                report_.left.push_back(entry);
                continue;
            }
            const bool full =
                told->full || (request_.full && named && request_.archives.front() == id);
            streams_[told->dataset].push_back(
                {manifest_of_entry(entry, *told, request_.host), std::nullopt, full});
        }
        for (auto& [dataset, streams] : streams_)
            std::ranges::sort(streams, {}, [](const Stream& stream) {
                return std::pair(stream.manifest.created, stream.manifest.archive_id);
            });
        return {};
    }

    /// Proves what can be read, and asks for what cannot where that is wanted.
    Result<void> prove_readable(const std::function<void(std::size_t)>& before_asking) {
        ZG_TRY(const std::vector<aws::Job> jobs,
               adopter_.glacier().list_jobs(adopter_.vault(), ""));
        std::vector<const Stream*> to_ask;
        for (auto& [dataset, streams] : streams_) {
            for (Stream& stream : streams) {
                if (stream.manifest.proved()) continue;
                const aws::Job* job = job_of(jobs, stream.manifest.adopted->archive);
                if (job == nullptr && request_.prove) to_ask.push_back(&stream);
                if (job != nullptr && !job->completed) ++report_.waiting;
                if (job != nullptr && job->succeeded()) ZG_CHECK(prove_by(*job, stream));
            }
            std::erase_if(streams, [&](const Stream& stream) {
                return std::ranges::find(report_.no_streams, stream.manifest.adopted->archive) !=
                           report_.no_streams.end() &&
                       !stream.stored;
            });
        }
        if (!to_ask.empty() && before_asking) before_asking(to_ask.size());
        for (const Stream* stream : to_ask) ZG_CHECK(ask(*stream));
        return {};
    }

    /// One that gives the archive's beginning: the best that there is.
    static const aws::Job* job_of(const std::vector<aws::Job>& jobs, const std::string& archive) {
        const aws::Job* best = nullptr;
        for (const aws::Job& job : jobs) {
            if (job.type != aws::JobType::archive || job.archive_id != archive ||
                (job.range && job.range->first != 0))
                continue;
            if (job.completed && !job.succeeded()) continue;
            if (best == nullptr || (job.succeeded() && !best->succeeded())) best = &job;
        }
        return best;
    }

    Result<void> prove_by(const aws::Job& job, Stream& stream) {
        Buffer bytes(std::min(beginning, stream.manifest.stored_size));
        auto output = adopter_.glacier().get_job_output(adopter_.vault(), job.id, 0, bytes);
        // It has lapsed since it was listed: as if it had never been asked for.
        if (!output && output.error().kind == ErrorKind::not_found)
            return request_.prove ? ask(stream) : Result<void>{};
        if (!output) return fail(std::move(output.error()));
        stream::Checker checker;
        (void)checker.feed(Bytes(bytes).first(output->received));
        const stream::Begin* begin = checker.summary().first_stream();
        if (begin == nullptr) {
            report_.no_streams.push_back(stream.manifest.adopted->archive);
            return {};
        }
        prove(stream.manifest, *begin);
        ++report_.proved;
        return {};
    }

    Result<void> ask(const Stream& stream) {
        aws::JobRequest job{.archive_id = stream.manifest.adopted->archive,
                            .tier = request_.tier,
                            .description = job_description,
                            .sns_topic = request_.topic};
        if (stream.manifest.stored_size > beginning)
            job.range = aws::ByteRange{.first = 0, .last = beginning - 1};
        ZG_CHECK(adopter_.glacier().initiate_job(adopter_.vault(), job));
        ++report_.asked;
        ++report_.waiting;
        return {};
    }

    Result<void> take_in() {
        ZG_TRY(names_, adopter_.adopted());
        for (auto& [dataset, streams] : streams_) {
            ZG_CHECK(find_newest_snapshot(dataset, streams));
            std::vector<catalog::Manifest> chain;
            std::vector<bool> full;
            for (std::size_t i = 0; i < streams.size(); ++i) {
                chain.push_back(streams[i].manifest);
                // Once it was taken for a full one it stays one, until its stream says otherwise.
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

    /// Where this machine has the dataset, and on it the snapshot that the newest archive is of,
    /// that archive's guid is known before its stream was seen.
    Result<void> find_newest_snapshot(const std::string& dataset, std::vector<Stream>& streams) {
        if (zfs_ == nullptr || streams.empty() || streams.back().manifest.proved()) return {};
        ZG_TRY(const auto here, zfs_->find(dataset, mark_property));
        if (!here) return {};
        catalog::Manifest& newest = streams.back().manifest;
        for (const std::string& name : {newest.snapshot, std::string("glacier")}) {
            const auto snapshot = std::ranges::find(here->snapshots, name, &zfs::Snapshot::name);
            if (snapshot == here->snapshots.end()) continue;
            ZG_TRY(const auto taken, zfs_->creation(fmt::format("{}@{}", dataset, name)));
            // One that was taken after the upload, or before the one before it, is of another
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
            ZG_CHECK(adopter_.adopt(entries_.at(archive.adopted->archive), name));
        }
        if (stored == archive) return {};
        context_.world.steps.at("adopt.manifest " + name);
        ZG_CHECK(context_.archives.store.put(catalog::manifest_name(archive.archive_id),
                                             as_bytes(catalog::to_json(archive))));
        return context_.archives.catalog.put(archive);
    }

    Context& context_;
    store::VaultAdopter& adopter_;
    const zfs::Zfs* zfs_;
    const AdoptRequest& request_;
    std::map<std::string, vault_tools::VaultEntry> entries_;  // by Glacier's id
    std::map<std::string, catalog::Manifest> known_;          // adopted before, by Glacier's id
    std::map<std::string, std::string> names_;                // marked, by Glacier's id
    std::map<std::string, std::vector<Stream>> streams_;      // by dataset, the oldest first
    AdoptReport report_;
};

}  // namespace

policy::Charges charges_to_prove(std::size_t count, const std::string& tier) {
    return {.retrieval = {{.storage_class = "GLACIER",
                           .tier = tier,
                           .requests = count,
                           .retrieved = count * beginning}},
            .get_requests = 0,
            .egress = count * beginning};
}

Result<AdoptReport> adopt(Context& context, store::VaultAdopter& adopter, const zfs::Zfs* zfs,
                          const AdoptRequest& request,
                          const std::function<void(std::size_t)>& before_asking) {
    return Adopting(context, adopter, zfs, request).run(before_asking);
}

Result<void> release_adopted(Context& context, store::VaultAdopter& adopter,
                             const std::vector<std::string>& archives) {
    ZG_TRY(const auto names, adopter.adopted());
    for (const std::string& archive : archives) {
        const auto name = names.find(archive);
        if (name == names.end())
            return fail({.kind = ErrorKind::not_found,
                         .what = "this archive was not adopted",
                         .where = archive});
        const std::string id = archive::archive_id_of(name->second);
        ZG_CHECK(context.archives.store.remove(catalog::manifest_name(id)));
        ZG_CHECK(context.archives.store.remove(name->second));
        ZG_CHECK(context.archives.catalog.remove(id));
    }
    return {};
}

}  // namespace zg::ops
