// One function for each call that zglacier makes to the Glacier vault service. Source: Amazon S3
// Glacier Developer Guide, API version 2012-06-01.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"

namespace zg::aws {

struct ClientContext;  // aws/auth/signed_http.hpp

struct GlacierConfig {
    std::string region = "us-east-1";
    std::string account = "-";  ///< 12 digits; "-": the account of the credentials
    std::string endpoint{};     ///< "http://127.0.0.1:9000"; empty: Amazon's own for the region
};

/// A vault as of its last inventory, except for name and creation time.
struct Vault {
    std::string arn;
    std::string name;
    TimePoint created{};
    /// nothing before the first inventory, about a day after the first upload
    std::optional<TimePoint> inventoried{};
    std::uint64_t archives = 0;
    std::uint64_t size = 0;
};

/// An archive that the service has confirmed.
struct ArchiveReceipt {
    std::string id;
    codec::Sha256Digest tree_hash{};
};

struct GlacierUpload {
    std::string id;
    std::string description;
    TimePoint created{};
    std::uint64_t part_size = 0;
};

/// A part of an upload: the bytes [begin, end) of the future archive.
struct GlacierPart {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    codec::Sha256Digest tree_hash{};
};

/// The bytes [first, last], as the service counts them.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool operator==(const ByteRange&) const = default;
};

enum class JobType { archive, inventory };

/// The request for a job.
struct JobRequest {
    JobType type = JobType::archive;
    std::string archive_id{};
    std::optional<ByteRange> range{};  ///< archive: MiB-aligned; nothing: all of it
    /// "Expedited", "Standard", "Bulk"; empty: the service's default, Standard
    std::string tier{};
    std::string description{};
    std::string sns_topic{};                  ///< its ARN
    std::string format{};                     ///< inventory: "JSON" (the default) or "CSV"
    std::optional<TimePoint> created_from{};  ///< inventory: of archives created since
    std::optional<TimePoint> created_before{};
    std::optional<std::uint64_t> limit{};  ///< inventory: at most this many archives
    std::string marker{};                  ///< inventory: where an earlier one ended
};

/// A job, from DescribeJob or ListJobs.
struct Job {
    std::string id;
    JobType type = JobType::archive;
    std::string archive_id{};
    std::string description{};
    TimePoint created{};
    bool completed = false;
    std::optional<TimePoint> completed_at{};
    std::string status;  ///< "InProgress", "Succeeded", "Failed"
    std::string message{};
    std::uint64_t size = 0;  ///< of the archive, or of the inventory once it is done
    /// of the retrieved data, if its range has one
    std::optional<codec::Sha256Digest> tree_hash{};
    std::optional<codec::Sha256Digest> archive_tree_hash{};  ///< of the whole archive
    std::optional<ByteRange> range{};
    std::string tier{};
    std::string sns_topic{};
    std::string format{};
    std::string next_marker{};  ///< inventory: where the next one would begin

    [[nodiscard]] bool succeeded() const { return status == "Succeeded"; }
};

/// Some of a job's output.
struct JobOutput {
    std::size_t received = 0;
    std::uint64_t size = 0;  ///< of the whole output
    /// of the requested bytes, if they are a node of the archive's tree
    std::optional<codec::Sha256Digest> tree_hash{};
    std::string content_type{};
};

struct Notifications {
    std::string sns_topic;
    /// "ArchiveRetrievalCompleted", "InventoryRetrievalCompleted"
    std::vector<std::string> events;
};

struct VaultLock {
    std::string policy;  ///< JSON
    std::string state;   ///< "InProgress", "Locked"
    TimePoint created{};
    std::optional<TimePoint> expires{};  ///< InProgress: when it is dropped
};

/// A rule for how much may be retrieved.
struct RetrievalRule {
    std::string strategy;  ///< "BytesPerHour", "FreeTier", "None"
    std::optional<std::uint64_t> bytes_per_hour{};
};

/// An account's vaults in one region. May be called from any thread.
///
/// Errors of every call: those of net::Http; refused (signature, key, permission, policy, an
/// account without vaults: with the code, the request id and a hint), not_found, unavailable
/// (throttling, which is a 400; RequestTimeoutException, ServiceUnavailableException, a full
/// expedited queue), usage (arguments), damage (a hash that does not agree), conflict (a vault that
/// is not empty). They are distinguished by the service's code, not by the status.
/// Calls that fail as unavailable are retried (ClientContext::retry) before that is an error. A
/// request whose answer was lost may have taken effect; each call says what its repetition then
/// does, unless it changes nothing.
class Glacier {
  public:
    virtual ~Glacier() = default;
    [[nodiscard]] virtual const GlacierConfig& config() const = 0;

    // --- vaults
    /// It is not an error if the vault exists.
    virtual Result<void> create_vault(const std::string& vault) = 0;
    virtual Result<Vault> describe_vault(const std::string& vault) = 0;
    virtual Result<std::vector<Vault>> list_vaults() = 0;
    /// conflict unless it was empty at its last inventory and nothing was written since.
    virtual Result<void> delete_vault(const std::string& vault) = 0;
    virtual Result<void> set_notifications(const std::string& vault,
                                           const Notifications& notifications) = 0;
    /// not_found if there are none
    virtual Result<Notifications> get_notifications(const std::string& vault) = 0;
    virtual Result<void> delete_notifications(const std::string& vault) = 0;
    virtual Result<void> set_access_policy(const std::string& vault, const std::string& policy) = 0;
    virtual Result<std::string> get_access_policy(const std::string& vault) = 0;
    virtual Result<void> delete_access_policy(const std::string& vault) = 0;
    virtual Result<std::string> initiate_lock(
        const std::string& vault,
        const std::string& policy) = 0;  ///< the lock id, good for 24 hours
    virtual Result<VaultLock> get_lock(const std::string& vault) = 0;
    virtual Result<void> abort_lock(const std::string& vault) = 0;
    virtual Result<void> complete_lock(const std::string& vault,
                                       const std::string& lock_id) = 0;  ///< for ever
    virtual Result<void> add_tags(const std::string& vault,
                                  const std::map<std::string, std::string>& tags) = 0;
    virtual Result<std::map<std::string, std::string>> list_tags(const std::string& vault) = 0;
    virtual Result<void> remove_tags(const std::string& vault,
                                     const std::vector<std::string>& keys) = 0;
    virtual Result<std::vector<RetrievalRule>> get_retrieval_policy() = 0;
    virtual Result<void> set_retrieval_policy(const std::vector<RetrievalRule>& rules) = 0;

    // --- archives
    /// `description`: at most 1,024 printable ASCII characters. `body` is not empty and at most 4
    /// GiB. Repeated after a lost answer, it leaves a second archive.
    virtual Result<ArchiveReceipt> upload_archive(const std::string& vault, Bytes body,
                                                  const codec::TreeHash::Digests& digests,
                                                  const std::string& description) = 0;
    /// It is not an error if it is gone already.
    virtual Result<void> delete_archive(const std::string& vault,
                                        const std::string& archive_id) = 0;
    /// Repeated after a lost answer, it leaves a second upload, which list_uploads() lists.
    virtual Result<std::string> initiate_upload(
        const std::string& vault, std::uint64_t part_size,
        const std::string& description) = 0;  ///< the upload id
    /// Uploads the part that begins at byte `begin`, a multiple of its size. The same part again
    /// replaces it. If the service received other bytes: unavailable, after retries, if `body`
    /// matches `digests`, else damage.
    virtual Result<void> upload_part(const std::string& vault, const std::string& upload_id,
                                     std::uint64_t begin, Bytes body,
                                     const codec::TreeHash::Digests& digests) = 0;
    /// `tree_hash`: of the whole archive. May be repeated for some time after it has succeeded, and
    /// returns the same archive.
    virtual Result<ArchiveReceipt> complete_upload(const std::string& vault,
                                                   const std::string& upload_id, std::uint64_t size,
                                                   const codec::Sha256Digest& tree_hash) = 0;
    /// It is not an error if it is gone already.
    virtual Result<void> abort_upload(const std::string& vault, const std::string& upload_id) = 0;
    virtual Result<std::vector<GlacierUpload>> list_uploads(const std::string& vault) = 0;
    virtual Result<std::vector<GlacierPart>> list_parts(
        const std::string& vault, const std::string& upload_id) = 0;  ///< in order

    // --- jobs
    /// Returns the job id. Each job costs money: before a request whose answer was lost is
    /// repeated, the call checks whether its job exists.
    virtual Result<std::string> initiate_job(const std::string& vault,
                                             const JobRequest& request) = 0;
    virtual Result<Job> describe_job(const std::string& vault, const std::string& job_id) = 0;
    /// `status`: "InProgress", "Succeeded", "Failed"; empty: all.
    virtual Result<std::vector<Job>> list_jobs(const std::string& vault,
                                               const std::string& status) = 0;
    /// Reads the output's bytes from `offset`, as many as fit into `into` and exist. not_found if
    /// it has expired (24 hours after its completion).
    virtual Result<JobOutput> get_job_output(const std::string& vault, const std::string& job_id,
                                             std::uint64_t offset, MutableBytes into) = 0;
};

/// References outlive the object.
std::unique_ptr<Glacier> open_glacier(GlacierConfig config, const ClientContext& context);

/// usage for an invalid vault name; valid is 1 to 255 of [A-Za-z0-9_.-].
Result<void> check_vault_name(const std::string& vault);
/// usage for an invalid description of an archive; valid are at most 1,024 characters from 0x20 to
/// 0x7e.
Result<void> check_description(const std::string& description);

}  // namespace zg::aws
