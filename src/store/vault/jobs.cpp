#include "store/vault/jobs.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "store/vault/options.hpp"

namespace zg::store {

namespace {

// Listing jobs takes one call for every fifty of them; listing them at each check of each of a
// thousand segments would take all the time.
constexpr std::chrono::seconds list_age{30};
// A new job may not be in Amazon's list at once.
constexpr std::chrono::minutes list_lag{15};
constexpr const char* inventory_description = "zglacier inventory";

std::string amazon_tier(const std::string& tier) {
    if (tier == "expedited") return "Expedited";
    return tier == "bulk" ? "Bulk" : "Standard";
}

std::chrono::seconds longest_of(const std::string& tier) {
    for (const ThawTier& known : vault_limits().thaw_tiers)
        if (amazon_tier(known.name) == tier) return known.longest;
    return vault_limits().thaw_tiers[1].longest;
}

bool is_whole(const aws::Job& job) {
    return !job.range || (job.range->first == 0 && job.range->last + 1 == job.size);
}

}  // namespace

bool VaultJobs::is_readable(const aws::Job& job) const {
    return job.succeeded() && job.completed_at &&
           *job.completed_at + *vault_limits().readable_for > clock_.now();
}

Result<void> VaultJobs::update(bool now) {
    if (!now && updated_ && clock_.now() < *updated_ + list_age) return {};
    ZG_TRY(const std::vector<aws::Job> jobs, glacier_.list_jobs(vault_, ""));
    best_.clear();
    inventory_.reset();
    for (const aws::Job& job : jobs) {
        if (job.status == "Failed" || (job.succeeded() && !is_readable(job))) continue;
        if (job.type == aws::JobType::inventory) {
            const bool newer = !inventory_ || job.created > inventory_->created;
            if (job.description == inventory_description && newer) inventory_ = job;
            continue;
        }
        if (!is_whole(job)) continue;
        const auto [there, is_new] = best_.try_emplace(job.archive_id, job);
        // Of two finished jobs, the one that stays longer; of two running ones, the older.
        const bool better = job.succeeded() != there->second.succeeded() ? job.succeeded()
                            : job.succeeded() ? job.completed_at > there->second.completed_at
                                              : job.created < there->second.created;
        if (!is_new && better) there->second = job;
    }
    updated_ = clock_.now();
    return {};
}

Result<std::optional<aws::Job>> VaultJobs::job_for(const std::string& archive) {
    const std::lock_guard lock(mutex_);
    ZG_CHECK(update(false));
    const auto found = best_.find(archive);
    if (found == best_.end() || (found->second.succeeded() && !is_readable(found->second)))
        return std::nullopt;
    return found->second;
}

Result<ThawState> VaultJobs::state_of(const std::string& archive) {
    ZG_TRY(const auto job, job_for(archive));
    if (!job) return ThawState{.temperature = Temperature::cold};
    if (job->succeeded())
        return ThawState{.temperature = Temperature::hot,
                         .readable_until = *job->completed_at + *vault_limits().readable_for};
    return ThawState{.temperature = Temperature::thawing,
                     .requested = job->created,
                     .expected = job->created + longest_of(job->tier)};
}

/// Whether there is a job for the archive.
Result<bool> VaultJobs::find_existing_job(const std::string& archive) {
    const std::lock_guard lock(mutex_);
    const bool old = !listed_for_request_ || clock_.now() >= *listed_for_request_ + list_age;
    ZG_CHECK(update(old || best_.contains(archive)));
    if (old) listed_for_request_ = clock_.now();
    if (best_.contains(archive)) return true;
    ZG_TRY(const auto noted, index_.job_of(archive));
    if (!noted || clock_.now() >= noted->asked + list_lag) return false;
    const auto job = glacier_.describe_job(vault_, noted->job_id);
    if (!job || job->status == "Failed") return false;
    best_[archive] = *job;
    return true;
}

Result<void> VaultJobs::ask(const std::string& archive, const std::string& tier,
                            const std::string& description) {
    // Two runs or threads that both find no job must not both request one: each job costs money.
    ZG_TRY(const VaultIndex::Hold hold, index_.hold_jobs());
    ZG_TRY(const bool there, find_existing_job(archive));
    if (there) return {};
    const TimePoint now = clock_.now();
    // Without mutex_: if Amazon has no capacity for expedited retrievals, this retries for a long
    // time, and meanwhile other threads read thawed segments.
    auto asked = glacier_.initiate_job(vault_, {.archive_id = archive,
                                                .tier = amazon_tier(tier),
                                                .description = description,
                                                .sns_topic = topic_});
    const std::lock_guard lock(mutex_);
    // The job may exist although the answer was lost: the next call checks.
    if (!asked) listed_for_request_.reset();
    ZG_TRY(const std::string id, std::move(asked));
    best_[archive] = {.id = id,
                      .archive_id = archive,
                      .created = now,
                      .status = "InProgress",
                      .tier = amazon_tier(tier)};
    return index_.note_job(archive, {.job_id = id, .asked = now});
}

void VaultJobs::forget() {
    const std::lock_guard lock(mutex_);
    updated_.reset();
}

Result<std::optional<aws::Job>> VaultJobs::inventory_job() {
    const std::lock_guard lock(mutex_);
    ZG_CHECK(update(true));
    return inventory_;
}

Result<void> VaultJobs::request_inventory() {
    ZG_TRY(const std::string id,
           glacier_.initiate_job(vault_, {.type = aws::JobType::inventory,
                                          .description = inventory_description,
                                          .sns_topic = topic_,
                                          .format = "JSON"}));
    forget();
    return {};
}

}  // namespace zg::store
