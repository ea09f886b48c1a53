// Uploads archives to a vault and downloads them, as single objects with only a description.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/io.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::vault_tools {

/// What these functions work with. References outlive it.
struct VaultContext {
    aws::Glacier& glacier;
    Log& log;
    Progress& progress;
    unsigned connections = 4;  ///< parts at the same time
};

struct VaultUpload {
    std::string vault;
    std::string description;
    /// a power of two of MiB; nothing: chosen by `expected`
    std::optional<std::uint64_t> part_size{};
    std::optional<std::uint64_t> expected{};  ///< bytes of the input, if known
    /// resumes this upload: the parts that it has are compared, not sent
    std::string upload_id{};
};

/// The result of an upload.
struct VaultArchive {
    aws::ArchiveReceipt receipt;
    std::uint64_t size = 0;
    std::uint64_t sent = 0;  ///< bytes; the rest was in the resumed upload
};

/// The smallest part size with which `expected` bytes can be uploaded, at least 8 MiB; 64 MiB,
/// enough for 625 GiB, if it is not known.
std::uint64_t choose_part_size(std::optional<std::uint64_t> expected);

/// `wanted` MiB, increased to the next valid part size with which `expected` bytes make at most
/// 10,000 parts.
std::uint64_t part_size_for(std::uint64_t wanted, std::optional<std::uint64_t> expected);

/// Uploads all of `source`. If it is empty or the description is invalid, fails with usage and
/// uploads nothing. An upload that fails is kept, and the hint says how to resume it. Memory:
/// connections + 2 parts.
Result<VaultArchive> upload_to_vault(const VaultContext& context, Source& source,
                                     const VaultUpload& upload);

/// The newest job that has all of the archive ready; cold if it is in progress or was not
/// requested.
Result<aws::Job> find_retrieval(aws::Glacier& glacier, const std::string& vault,
                                const std::string& archive_id);

/// Writes the job's output to `out`, checked by the tree hashes of its ranges as it arrives, and of
/// the whole at the end (damage if it differs; `out` has all of it then). Returns the number of
/// bytes.
Result<std::uint64_t> download_from_vault(const VaultContext& context, const std::string& vault,
                                          const aws::Job& job, Sink& out);

/// The tree hash of all of `source`.
Result<codec::Sha256Digest> tree_hash_of(Source& source);

}  // namespace zg::vault_tools
