// The retrieval jobs of a vault, as far as they say which archives can be read.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
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

    /// The job whose output is all of the archive: one that can be read, or else one under way;
    /// nothing where there is neither.
    Result<std::optional<aws::Job>> job_for(const std::string& archive);
    /// What that means.
    Result<ThawState> state_of(const std::string& archive);
    /// Asks for the archive, unless it can be read or was asked for already, by whomever.
    Result<void> ask(const std::string& archive, const std::string& tier,
                     const std::string& description);
    /// A job's output turned out to be gone: what is known of jobs is out of date.
    void forget();

    /// The newest inventory job that zglacier has asked for and that is done or under way; nothing
    /// where there is none.
    Result<std::optional<aws::Job>> inventory_job();
    Result<void> ask_for_inventory();

  private:
    Result<void> update(bool now);
    Result<bool> find_before_asking(const std::string& archive);
    [[nodiscard]] bool is_readable(const aws::Job& job) const;

    aws::Glacier& glacier_;
    VaultIndex& index_;
    Clock& clock_;
    std::string vault_;
    std::string topic_;
    std::mutex mutex_;
    std::optional<TimePoint> updated_;
    std::optional<TimePoint> listed_to_ask_;  // when ask() last had the list fetched
    std::map<std::string, aws::Job> best_;    // by archive
    std::optional<aws::Job> inventory_;
};

}  // namespace zg::store
