// Archives into a vault and out of it, as single objects with a description and no more: what the
// vault commands do.
#pragma once

#include <optional>
#include <string>

#include "aws/glacier/glacier.hpp"
#include "base/io.hpp"
#include "base/progress.hpp"

namespace zg::vault_tools {

/// What a transfer works with. References outlive it.
struct VaultContext {
    aws::Glacier& glacier;
    Log& log;
    Progress& progress;
    unsigned connections = 4;  ///< parts at the same time
};

struct VaultUpload {
    std::string vault;
    std::string description;
    /// a power of two of MiB; nothing: chosen after `expected`
    std::optional<std::uint64_t> part_size{};
    std::optional<std::uint64_t> expected{};  ///< bytes of the input, where they are known
    /// goes on with this upload: what it has already is compared, not sent
    std::string upload_id{};
};

/// What became of an upload.
struct VaultArchive {
    aws::ArchiveReceipt receipt;
    std::uint64_t size = 0;
    std::uint64_t sent = 0;  ///< bytes; the rest was there
};

/// The smallest part size that lets `expected` bytes be uploaded, at least 8 MiB; 64 MiB, good for
/// 625 GiB, where it is not known.
std::uint64_t choose_part_size(std::optional<std::uint64_t> expected);

/// The part size of `wanted` MiB, made larger until it is one and `expected` bytes are no more than
/// 10,000 of them.
std::uint64_t part_size_for(std::uint64_t wanted, std::optional<std::uint64_t> expected);

/// Uploads all of `source`. usage where it is empty, or the description cannot be: nothing is
/// uploaded then. Where an upload breaks off it stays, and the hint says how to go on with it.
/// Memory: connections + 2 parts.
Result<VaultArchive> upload_to_vault(const VaultContext& context, Source& source,
                                     const VaultUpload& upload);

/// The newest job that has all of the archive ready; cold where it is under way, or was not asked
/// for.
Result<aws::Job> find_retrieval(aws::Glacier& glacier, const std::string& vault,
                                const std::string& archive_id);

/// Writes the job's output to `out`, checked by the tree hashes of its ranges as it comes and of
/// the whole at the end (damage where it differs; `out` has got all of it then). Gives the number
/// of bytes.
Result<std::uint64_t> download_from_vault(const VaultContext& context, const std::string& vault,
                                          const aws::Job& job, Sink& out);

/// The tree hash of all of `source`.
Result<codec::Sha256Digest> tree_hash_of(Source& source);

}  // namespace zg::vault_tools
