// Archives in a vault: upload, retrieve, download, remove, and the tree hash of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

struct UploadRequest {
    std::string vault;
    std::vector<std::string> files{};  ///< "-" or empty: standard input
    bool standard_input = false;       ///< then `files` must be empty
    bool bacula = false;               ///< the one file is a list: "FOLDER/FIRST|SECOND|THIRD"
    std::string description{};         ///< empty: `name`, or else the file's name
    std::string name{};                ///< the name in the list of archives; empty: the file's
    std::optional<std::uint64_t> part_size{};  ///< bytes: a power of two of MiB
    /// the same in MiB, 0: not given; increased to the next valid part size
    std::uint64_t part_mib = 0;
    std::optional<std::uint64_t> size{};  ///< about how many bytes the input has
    std::string upload_id{};              ///< of an unfinished upload, to resume it
    std::string state_dir{};              ///< for the list of archives
};

struct UploadedFile {
    std::string file;
    std::string archive;    ///< its id
    std::string tree_hash;  ///< hexadecimal
    std::uint64_t size = 0;
    std::uint64_t sent = 0;  ///< bytes; the rest was in the resumed upload
};

struct UploadReport {
    std::vector<UploadedFile> uploaded{};
    std::size_t requested = 0;     ///< files
    std::optional<Error> error{};  ///< why the file after `uploaded` failed; no other was tried
};

/// Uploads each file as one archive and notes it in the list of archives. Fails only if nothing was
/// begun: usage, or a file that cannot be read.
Result<UploadReport> upload_files(const VaultService& service, UploadRequest request);

struct RetrieveRequest {
    std::string vault;
    std::vector<std::string> archives;
    std::string tier = "standard";  ///< "expedited", "standard" or "bulk"
    std::string topic{};            ///< to notify, by name or ARN; may be empty
};

struct Retrieval {
    std::string archive;
    std::string job;
    bool is_new = false;  ///< false: it had been requested before
};

/// Requests the archives, each unless there is a job for it that has not failed.
Result<std::vector<Retrieval>> retrieve_archives(const VaultService& service,
                                                 const RetrieveRequest& request);

struct DownloadRequest {
    std::string vault;
    std::string archive;
    std::string file{};  ///< empty: standard output
    bool overwrite = false;
};

/// Writes an archive that is ready to the file, which gets its name only when it is complete and
/// its tree hash is right. Returns its size. cold if the archive is not ready; conflict if the file
/// exists and is not to be overwritten; damage.
Result<std::uint64_t> download_archive(const VaultService& service, const DownloadRequest& request);

/// Removes the archives from the vault and from the list of archives. It is not an error if one is
/// gone already.
Result<void> remove_archives(const VaultService& service, const std::string& vault,
                             const std::vector<std::string>& archives,
                             const std::string& state_dir);

struct FileHash {
    std::string file;
    std::string tree_hash;  ///< hexadecimal
};

/// Computes the tree hash of each file; of standard input if there is none, or for "-". Works
/// without the service.
Result<std::vector<FileHash>> tree_hashes(std::vector<std::string> files);

}  // namespace zg::vault_tools
