#include "vault_tools/archives.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/internal/book.hpp"
#include "vault_tools/internal/notify.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/internal/transfer.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

VaultContext context_of(Vaults& vaults, const VaultService& service) {
    return {.glacier = vaults.glacier(),
            .log = service.world.log,
            .progress = service.world.progress,
            .connections = service.access.connections};
}

/// The files in "FOLDER/FIRST|SECOND|THIRD", each with its folder.
std::vector<std::string> bacula_files(const std::string& list) {
    std::vector<std::string> files = split_list(list, '|');
    const std::string folder = list.substr(0, list.substr(0, list.find('|')).rfind('/') + 1);
    for (std::size_t i = 1; i < files.size(); ++i) files[i].insert(0, folder);
    return files;
}

Result<void> choose_files(UploadRequest& request) {
    if (request.bacula) {
        if (request.files.size() != 1)
            return fail({.kind = ErrorKind::usage,
                         .what = "--bacula takes a single list",
                         .hint = "write it as one argument: 'FOLDER/FIRST|SECOND'"});
        request.files = bacula_files(request.files.front());
    }
    if (request.standard_input && !request.files.empty() &&
        request.files != std::vector<std::string>{"-"})
        return fail({.kind = ErrorKind::usage,
                     .what = "files and --stdin exclude each other",
                     .hint = "give one of them; --name names the data from standard input"});
    if (request.files.empty()) request.files.emplace_back("-");
    if (request.files.size() > 1 && !request.upload_id.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "only one file can resume an upload",
                     .hint = "give --uploadid and only that file"});
    return {};
}

Result<VaultUpload> upload_of(const UploadRequest& request, const std::string& file) {
    VaultUpload upload{.vault = request.vault,
                       .description = request.description,
                       .part_size = request.part_size,
                       .expected = request.size,
                       .upload_id = request.upload_id};
    if (upload.description.empty()) upload.description = request.name;
    if (upload.description.empty() && file != "-")
        upload.description = file.substr(file.rfind('/') + 1);
    if (!upload.expected && file != "-") {
        ZG_TRY(upload.expected, input_size(file));
    }
    if (!upload.part_size && request.part_mib > 0)
        upload.part_size = part_size_for(request.part_mib, upload.expected);
    return upload;
}

Result<VaultArchive> upload_file(const VaultContext& context, const std::string& file,
                                 const VaultUpload& upload) {
    ZG_TRY(const auto source, open_input(file));
    return upload_to_vault(context, *source, upload);
}

}  // namespace

Result<UploadReport> upload_files(const VaultService& service, UploadRequest request) {
    ZG_CHECK(choose_files(request));
    std::vector<VaultUpload> uploads;
    for (const std::string& file : request.files) {
        ZG_TRY(VaultUpload upload, upload_of(request, file));
        uploads.push_back(std::move(upload));
    }
    ZG_TRY(const auto vaults, open_vaults(service));
    const VaultContext context = context_of(*vaults, service);
    const BookPlace place = book_place(*vaults, service, request.state_dir);
    UploadReport report{.requested = uploads.size()};
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        const std::string& file = request.files[i];
        auto archive = upload_file(context, file, uploads[i]);
        if (!archive) {
            report.error = std::move(archive.error());
            break;
        }
        const std::string known_as = request.name.empty() && file != "-" ? file : request.name;
        note_upload(place, uploads[i], *archive, known_as, service.world.clock.now());
        report.uploaded.push_back({.file = file,
                                   .archive = archive->receipt.id,
                                   .tree_hash = archive->receipt.tree_hash.hex(),
                                   .size = archive->size,
                                   .sent = archive->sent});
    }
    return report;
}

Result<std::vector<Retrieval>> retrieve_archives(const VaultService& service,
                                                 const RetrieveRequest& request) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::string topic, topic_to_notify(vaults->sns(), request.topic));
    std::vector<Retrieval> retrievals;
    for (const std::string& archive : request.archives) {
        ZG_TRY(const std::vector<aws::Job> known, vaults->glacier().list_jobs(request.vault, ""));
        Retrieval retrieval{.archive = archive, .job = {}};
        for (const aws::Job& one : known)
            if (one.archive_id == archive && one.status != "Failed") retrieval.job = one.id;
        retrieval.is_new = retrieval.job.empty();
        if (retrieval.is_new) {
            ZG_TRY(retrieval.job,
                   vaults->glacier().initiate_job(request.vault, {.archive_id = archive,
                                                                  .tier = tier_name(request.tier),
                                                                  .sns_topic = topic}));
        }
        retrievals.push_back(std::move(retrieval));
    }
    return retrievals;
}

Result<std::uint64_t> download_archive(const VaultService& service,
                                       const DownloadRequest& request) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const aws::Job job, find_retrieval(vaults->glacier(), request.vault, request.archive));
    ZG_TRY(const auto out, open_output(request.file, request.overwrite));
    ZG_TRY(const std::uint64_t size,
           download_from_vault(context_of(*vaults, service), request.vault, job, *out));
    ZG_CHECK(out->keep());
    return size;
}

Result<void> remove_archives(const VaultService& service, const std::string& vault,
                             const std::vector<std::string>& archives,
                             const std::string& state_dir) {
    ZG_TRY(const auto vaults, open_vaults(service));
    const BookPlace place = book_place(*vaults, service, state_dir);
    for (const std::string& archive : archives) {
        ZG_CHECK(vaults->glacier().delete_archive(vault, archive));
        note_removed(place, vault, {archive}, service.world.clock.now());
    }
    return {};
}

Result<std::vector<FileHash>> tree_hashes(std::vector<std::string> files) {
    if (files.empty()) files.emplace_back("-");
    std::vector<FileHash> hashes;
    for (const std::string& file : files) {
        ZG_TRY(const auto source, open_input(file));
        ZG_TRY(const codec::Sha256Digest hash, tree_hash_of(*source));
        hashes.push_back({.file = file, .tree_hash = hash.hex()});
    }
    return hashes;
}

}  // namespace zg::vault_tools
