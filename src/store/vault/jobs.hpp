// The retrieval jobs of a vault, which determine which archives can be read.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"

namespace zg::store {

/// Any number of threads. References outlive it.
class VaultJobs {
  public:
    VaultJobs(aws::Glacier& glacier, VaultIndex& index, Clock& clock, std::string vault,
              std::string topic)
        : glacier_(glacier),
          index_(index),
          clock_(clock),
          vault_(std::move(vault)),
          topic_(std::move(topic)) {}

    /// The job whose output is the whole archive: one that can be read, else a running one; nothing
    /// if there is neither.
    Result<std::optional<aws::Job>> job_for(const std::string& archive);
    /// The archive's state, from that job.
    Result<ThawState> state_of(const std::string& archive);
    /// Requests the archive, unless it can be read or anybody has requested it already.
    Result<void> ask(const std::string& archive, const std::string& tier,
                     const std::string& description);
    /// Forgets the known jobs: to be called if a job's output turned out to be gone.
    void forget();

    /// The newest inventory job that zglacier has requested and that is done or running; nothing if
    /// there is none.
    Result<std::optional<aws::Job>> inventory_job();
    Result<void> request_inventory();

  private:
    Result<void> update(bool now);
    Result<bool> find_existing_job(const std::string& archive);
    [[nodiscard]] bool is_readable(const aws::Job& job) const;

    aws::Glacier& glacier_;
    VaultIndex& index_;
    Clock& clock_;
    std::string vault_;
    std::string topic_;
    std::mutex mutex_;
    std::optional<TimePoint> updated_;
    std::optional<TimePoint> listed_for_request_;  // when ask() last fetched the list
    std::map<std::string, aws::Job> best_;         // by archive
    std::optional<aws::Job> inventory_;
};

}  // namespace zg::store
