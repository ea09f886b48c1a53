// Brings the index of a vault in line with the vault's inventory.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <utility>

#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "store/vault/index.hpp"
#include "store/vault/jobs.hpp"

namespace zg::store {

/// One thread. References outlive the object.
class VaultRefresh {
  public:
    struct Parts {
        std::string vault;
        std::string url;
        std::chrono::seconds inventory_takes;  ///< from the request, at most
        aws::Glacier& glacier;
        VaultIndex& index;
        VaultJobs& jobs;
        Clock& clock;
        Log& log;
    };
    explicit VaultRefresh(Parts parts) : with_(std::move(parts)) {}

    /// Merges the newest inventory if the index does not have it yet, and requests one if the last
    /// is older than a day. cold until it is ready.
    Result<void> run();

    /// Finishes completions whose answer was lost.
    Result<void> finish_completions();

  private:
    Result<void> take_inventory(const aws::Job& job);
    [[nodiscard]] std::unexpected<Error> still_waiting(TimePoint asked) const;

    Parts with_;
};

}  // namespace zg::store
