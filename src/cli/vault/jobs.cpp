// Jobs and unfinished uploads of a vault.
#include "vault_tools/jobs.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

void print_jobs(const VaultCall& call, const std::vector<vault_tools::JobInfo>& jobs) {
    Table table{.columns = {"Type", "Status", "Created", "Completed", "Size", "Archive", "Job"}};
    Json all = Json::array();
    for (const vault_tools::JobInfo& job : jobs) {
        table.rows.push_back({job.type, job.status, rfc3339_utc(job.created),
                              job.completed ? rfc3339_utc(*job.completed) : "-",
                              std::to_string(job.size), job.archive.empty() ? "-" : job.archive,
                              job.id});
        all.push_back({{"id", job.id},
                       {"type", job.type},
                       {"status", job.status},
                       {"message", job.message},
                       {"archive", job.archive},
                       {"description", job.description},
                       {"tier", job.tier},
                       {"size", job.size},
                       {"created", rfc3339_utc(job.created)},
                       {"completed", json_of(job.completed)}});
    }
    call.print(table, {{"jobs", std::move(all)}});
}

}  // namespace

Result<ExitCode> vault_jobs(const VaultCall& call) {
    ZG_TRY(const auto jobs, vault_tools::list_jobs(call.service, call.given.vault));
    print_jobs(call, jobs);
    return ExitCode::done;
}

Result<ExitCode> vault_job(const VaultCall& call) {
    ZG_TRY(const auto job,
           vault_tools::describe_job(call.service, call.given.vault, call.given.id));
    print_jobs(call, {job});
    return ExitCode::done;
}

Result<ExitCode> vault_uploads(const VaultCall& call) {
    ZG_TRY(const auto uploads, vault_tools::list_uploads(call.service, call.given.vault));
    Table table{.columns = {"Upload", "Part size", "Created", "Description"}};
    Json all = Json::array();
    for (const vault_tools::UploadInfo& upload : uploads) {
        table.rows.push_back({upload.id, std::to_string(upload.part_size),
                              rfc3339_utc(upload.created), upload.description});
        all.push_back({{"id", upload.id},
                       {"description", upload.description},
                       {"created", rfc3339_utc(upload.created)},
                       {"part_size", upload.part_size}});
    }
    call.print(table, {{"uploads", std::move(all)}});
    return ExitCode::done;
}

Result<ExitCode> vault_abort(const VaultCall& call) {
    const std::vector<std::string>& uploads = call.given.ids;
    ZG_CHECK(vault_tools::abort_uploads(call.service, call.given.vault, uploads));
    std::string text;
    for (const std::string& upload : uploads) text += fmt::format("aborted {}\n", upload);
    call.print({{"aborted", uploads}}, text);
    return ExitCode::done;
}

}  // namespace zg::cli
