#include "store/vault/refresh.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/vault/index.hpp"
#include "store/vault/inventory.hpp"

namespace zg::store {

namespace {

constexpr std::chrono::hours inventory_interval{24};

}  // namespace

/// Repeats completions whose answer was lost. For some time the service returns the archive's id
/// again; later it is known from an inventory.
Result<void> VaultRefresh::finish_completions() {
    ZG_TRY(const auto noted, with_.index.completions());
    if (noted.empty()) return {};
    // A completion that another thread or process is working on is not lost.
    ZG_TRY(const VaultIndex::Hold hold, with_.index.hold());
    ZG_TRY(const auto open, with_.index.completions());
    for (const Completion& completion : open) {
        auto receipt = with_.glacier.complete_upload(with_.vault, completion.upload_id,
                                                     completion.size, completion.tree_hash);
        if (receipt) {
            ZG_CHECK(with_.index.put({.name = completion.name,
                                      .archives = {receipt->id},
                                      .size = completion.size,
                                      .tree_hash = completion.tree_hash,
                                      .modified = with_.clock.now(),
                                      .upload_id = completion.upload_id}));
        } else if (receipt.error().kind == ErrorKind::unavailable) {
            return fail(std::move(receipt.error()));
        } else {
            ZG_CHECK(with_.index.end_completion(completion.upload_id));
        }
    }
    return {};
}

std::unexpected<Error> VaultRefresh::still_waiting(TimePoint asked) const {
    return fail(
        {.kind = ErrorKind::cold,
         .what = fmt::format(
             "the vault's inventory was requested at {:%Y-%m-%d %H:%M} UTC and is not ready yet",
             fmt::gmtime(std::chrono::system_clock::to_time_t(asked))),
         .where = with_.url,
         .hint = fmt::format(
             "run the same command again after {:%Y-%m-%d %H:%M} UTC",
             fmt::gmtime(std::chrono::system_clock::to_time_t(asked + with_.inventory_takes)))});
}

Result<void> VaultRefresh::take_inventory(const aws::Job& job) {
    Buffer json(job.size);
    for (std::size_t at = 0; at < json.size();) {
        constexpr std::size_t step = std::size_t{8} << 20U;
        ZG_TRY(const aws::JobOutput output,
               with_.glacier.get_job_output(
                   with_.vault, job.id, at,
                   MutableBytes(json).subspan(at, std::min(step, json.size() - at))));
        if (output.received == 0)
            return fail({.kind = ErrorKind::unavailable,
                         .what = "the inventory is shorter than the size in its job",
                         .where = with_.url});
        at += output.received;
    }
    ZG_TRY(const Inventory inventory, parse_inventory(json));
    ZG_TRY(const VaultIndex::Hold hold, with_.index.hold());
    ZG_TRY(const Merge merged, merge(with_.index, inventory, with_.clock.now()));
    with_.log.info(
        fmt::format("{}: inventory of {:%Y-%m-%d %H:%M} UTC: {} archives, {} objects that were not "
                    "known on this machine",
                    with_.url, fmt::gmtime(std::chrono::system_clock::to_time_t(inventory.date)),
                    inventory.archives.size(), merged.added));
    for (const std::string& name : merged.lost)
        with_.log.warning(
            fmt::format("{}/{}: it was removed from the vault by somebody else", with_.url, name));
    if (!merged.strays.empty())
        with_.log.warning(
            fmt::format("{}: {} archives of interrupted writes are not used, but billed", with_.url,
                        merged.strays.size()));
    return {};
}

Result<void> VaultRefresh::run() {
    ZG_CHECK(finish_completions());
    ZG_TRY(const auto knowledge, with_.index.known());
    // There is a new inventory once a day: requesting it more often is of no use.
    if (knowledge && with_.clock.now() < knowledge->taken + inventory_interval) return {};
    ZG_TRY(const auto job, with_.jobs.inventory_job());
    if (job && job->succeeded() && (!knowledge || job->created > knowledge->taken))
        return take_inventory(*job);
    if (job && !job->completed) return still_waiting(job->created);
    auto asked = with_.jobs.request_inventory();
    if (!asked && asked.error().kind == ErrorKind::not_found)
        return fail({.kind = ErrorKind::cold,
                     .what = "the vault has no inventory yet",
                     .where = with_.url,
                     .hint = "Amazon builds the first one about a day after the first upload: run "
                             "the same command again tomorrow"});
    ZG_CHECK(asked);
    return still_waiting(with_.clock.now());
}

}  // namespace zg::store
