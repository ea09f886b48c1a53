// A vault's jobs and its unfinished uploads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

struct JobInfo {
    std::string id;
    std::string type;       ///< "archive" or "inventory"
    std::string status;     ///< "InProgress", "Succeeded", "Failed"
    std::string message{};  ///< why it failed
    std::string archive{};  ///< its id; empty: an inventory
    std::string description{};
    std::string tier{};
    std::uint64_t size = 0;  ///< bytes
    TimePoint created{};
    std::optional<TimePoint> completed{};
};

/// Jobs that are in progress or ended within the last day.
Result<std::vector<JobInfo>> list_jobs(const VaultService& service, const std::string& vault);
Result<JobInfo> describe_job(const VaultService& service, const std::string& vault,
                             const std::string& job);

struct UploadInfo {
    std::string id;
    std::string description;
    TimePoint created{};
    std::uint64_t part_size = 0;  ///< bytes
};

Result<std::vector<UploadInfo>> list_uploads(const VaultService& service, const std::string& vault);
/// It is not an error if one is gone already.
Result<void> abort_uploads(const VaultService& service, const std::string& vault,
                           const std::vector<std::string>& uploads);

}  // namespace zg::vault_tools
