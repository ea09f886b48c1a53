#include "vault_tools/internal/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/vault/inventory.hpp"

namespace zg::vault_tools {

namespace {

constexpr const char* description = "zglacier inventory";
constexpr std::chrono::hours longest{5};

std::unexpected<Error> not_ready(const std::string& vault, TimePoint asked) {
    return fail(
        {.kind = ErrorKind::cold,
         .what = fmt::format("the inventory was requested at {} and is not ready yet",
                             rfc3339_utc(asked)),
         .where = "vault " + vault,
         .hint = fmt::format("run the same command again after {}", rfc3339_utc(asked + longest))});
}

Result<store::Inventory> fetch(aws::Glacier& glacier, const std::string& vault,
                               const aws::Job& job) {
    Buffer json(job.size);
    for (std::size_t at = 0; at < json.size();) {
        constexpr std::size_t step = std::size_t{8} << 20U;
        ZG_TRY(const aws::JobOutput output,
               glacier.get_job_output(
                   vault, job.id, at,
                   MutableBytes(json).subspan(at, std::min(step, json.size() - at))));
        if (output.received == 0)
            return fail({.kind = ErrorKind::damage,
                         .what = "the inventory is shorter than the size in its job",
                         .where = "vault " + vault});
        at += output.received;
    }
    return store::parse_inventory(json);
}

}  // namespace

Result<store::Inventory> list_vault(aws::Glacier& glacier, const std::string& vault, bool refresh,
                                    const std::string& topic, Clock& clock) {
    ZG_TRY(const std::vector<aws::Job> jobs, glacier.list_jobs(vault, ""));
    const aws::Job* done = nullptr;
    const aws::Job* waiting = nullptr;
    for (const aws::Job& job : jobs) {
        if (job.type != aws::JobType::inventory || job.description != description) continue;
        if (job.succeeded() && (done == nullptr || job.created > done->created)) done = &job;
        if (!job.completed && (waiting == nullptr || job.created > waiting->created))
            waiting = &job;
    }
    if (waiting != nullptr && (refresh || done == nullptr))
        return not_ready(vault, waiting->created);
    const bool young = done != nullptr && done->completed_at &&
                       clock.now() < *done->completed_at + std::chrono::hours(1);
    if (done != nullptr && (!refresh || young)) return fetch(glacier, vault, *done);
    auto asked = glacier.initiate_job(vault, {.type = aws::JobType::inventory,
                                              .description = description,
                                              .sns_topic = topic,
                                              .format = "JSON"});
    if (!asked && asked.error().kind == ErrorKind::not_found && glacier.describe_vault(vault))
        return fail({.kind = ErrorKind::cold,
                     .what = "the vault has no inventory yet",
                     .where = "vault " + vault,
                     .hint = "Amazon builds the first one about a day after the first upload"});
    ZG_CHECK(asked);
    return not_ready(vault, clock.now());
}

}  // namespace zg::vault_tools
