// Archives in a vault: upload, retrieve, download, remove; and the tree hash of files.
#include "vault_tools/archives.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/vault/options.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

Result<vault_tools::UploadRequest> upload_request(const Given& given) {
    vault_tools::UploadRequest request{.vault = given.vault,
                                       .files = given.files,
                                       .standard_input = given.standard_input,
                                       .bacula = given.bacula,
                                       .description = given.description,
                                       .name = given.name,
                                       .part_mib = given.part_mib,
                                       .upload_id = given.id,
                                       .state_dir = given.state_dir};
    if (!given.part_size.empty()) {
        ZG_TRY(request.part_size, parse_size(given.part_size));
    }
    if (!given.size.empty()) {
        ZG_TRY(request.size, parse_size(given.size));
    }
    return request;
}

void print_uploads(const VaultCall& call, const vault_tools::UploadReport& report) {
    Json all = Json::array();
    Table table{.columns = {"file", "archive", "tree_hash", "size", "sent"}};
    std::string text;
    for (const vault_tools::UploadedFile& one : report.uploaded) {
        Json json{{"archive", one.archive},
                  {"tree_hash", one.tree_hash},
                  {"size", one.size},
                  {"sent", one.sent}};
        const std::string line =
            fmt::format("{} in vault {}: {}, tree hash {}\n", one.archive, call.given.vault,
                        format_size(one.size), one.tree_hash);
        if (report.requested == 1) return call.print(json, line);
        json["file"] = one.file;
        all.push_back(std::move(json));
        text += one.file + ": " + line;
        table.rows.push_back({one.file, one.archive, one.tree_hash, std::to_string(one.size),
                              std::to_string(one.sent)});
    }
    if (call.csv())
        call.print(table, {});
    else
        call.print({{"archives", std::move(all)}}, text);
}

}  // namespace

Result<ExitCode> vault_upload(const VaultCall& call) {
    ZG_TRY(vault_tools::UploadRequest request, upload_request(call.given));
    ZG_TRY(const auto report, vault_tools::upload_files(call.service, std::move(request)));
    // Files that are in the vault are printed even after an error.
    if (!report.uploaded.empty()) print_uploads(call, report);
    if (report.error) return fail(*report.error);
    return ExitCode::done;
}

Result<ExitCode> vault_retrieve(const VaultCall& call) {
    ZG_TRY(const auto retrievals,
           vault_tools::retrieve_archives(call.service, {.vault = call.given.vault,
                                                         .archives = call.given.ids,
                                                         .tier = call.given.tier,
                                                         .topic = call.given.topic}));
    Json jobs = Json::array();
    std::string text;
    for (const vault_tools::Retrieval& one : retrievals) {
        jobs.push_back({{"archive", one.archive}, {"job", one.job}, {"new", one.is_new}});
        text +=
            fmt::format("{}: job {}\n", one.is_new ? "requested" : "already requested", one.job);
    }
    call.print({{"jobs", std::move(jobs)}}, text);
    return ExitCode::done;
}

Result<ExitCode> vault_download(const VaultCall& call) {
    const std::string& file = call.given.file;
    ZG_TRY(const std::uint64_t size,
           vault_tools::download_archive(call.service, {.vault = call.given.vault,
                                                        .archive = call.given.id,
                                                        .file = file,
                                                        .overwrite = call.given.overwrite}));
    if (!file.empty())
        call.print({{"size", size}}, fmt::format("{}: {}\n", file, format_size(size)));
    return ExitCode::done;
}

Result<ExitCode> vault_remove(const VaultCall& call) {
    const std::vector<std::string>& archives = call.given.ids;
    ZG_CHECK(vault_tools::remove_archives(call.service, call.given.vault, archives,
                                          call.given.state_dir));
    std::string text;
    for (const std::string& archive : archives) text += fmt::format("removed {}\n", archive);
    call.print({{"removed", archives}}, text);
    return ExitCode::done;
}

Result<ExitCode> vault_treehash(const VaultCall& call) {
    ZG_TRY(const auto hashes, vault_tools::tree_hashes(call.given.files));
    Json all = Json::array();
    std::string text;
    for (const vault_tools::FileHash& one : hashes) {
        all.push_back({{"file", one.file}, {"tree_hash", one.tree_hash}});
        text += fmt::format("{}  {}\n", one.tree_hash, one.file);
    }
    call.print({{"files", std::move(all)}}, text);
    return ExitCode::done;
}

}  // namespace zg::cli
