#include "vault_tools/jobs.hpp"

#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/result.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

JobInfo info_of(const aws::Job& job) {
    return {.id = job.id,
            .type = job.type == aws::JobType::archive ? "archive" : "inventory",
            .status = job.status,
            .message = job.message,
            .archive = job.archive_id,
            .description = job.description,
            .tier = job.tier,
            .size = job.size,
            .created = job.created,
            .completed = job.completed_at};
}

}  // namespace

Result<std::vector<JobInfo>> list_jobs(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::vector<aws::Job> jobs, vaults->glacier().list_jobs(vault, ""));
    std::vector<JobInfo> infos;
    for (const aws::Job& job : jobs) infos.push_back(info_of(job));
    return infos;
}

Result<JobInfo> describe_job(const VaultService& service, const std::string& vault,
                             const std::string& job) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const aws::Job described, vaults->glacier().describe_job(vault, job));
    return info_of(described);
}

Result<std::vector<UploadInfo>> list_uploads(const VaultService& service,
                                             const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::vector<aws::GlacierUpload> uploads, vaults->glacier().list_uploads(vault));
    std::vector<UploadInfo> infos;
    for (const aws::GlacierUpload& upload : uploads)
        infos.push_back({.id = upload.id,
                         .description = upload.description,
                         .created = upload.created,
                         .part_size = upload.part_size});
    return infos;
}

Result<void> abort_uploads(const VaultService& service, const std::string& vault,
                           const std::vector<std::string>& uploads) {
    ZG_TRY(const auto vaults, open_vaults(service));
    for (const std::string& upload : uploads)
        ZG_CHECK(vaults->glacier().abort_upload(vault, upload));
    return {};
}

}  // namespace zg::vault_tools
