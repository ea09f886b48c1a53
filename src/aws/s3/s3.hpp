// One function for each call that zglacier makes to S3. Source: Amazon S3 API Reference, version
// 2006-03-01.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::aws {

enum class Addressing { automatic, path, virtual_host };

/// The bucket, its location, and settings for every request to it.
struct BucketConfig {
    std::string bucket;
    std::string region = "us-east-1";
    std::string endpoint{};  ///< "http://127.0.0.1:9000"; empty: Amazon's own for the region
    /// automatic: virtual host at Amazon, unless the name contains a dot; path for another
    /// endpoint.
    Addressing addressing = Addressing::automatic;
    bool requester_pays = false;
    std::string expected_owner{};  ///< account id; empty: not checked
};

/// How an object is stored. Applied when it is put or its upload is created. Empty or unset: the
/// bucket's default.
struct ObjectSettings {
    std::string storage_class{};
    std::string sse{};  ///< "AES256", "aws:kms", "aws:kms:dsse"
    std::string kms_key_id{};
    std::string lock_mode{};  ///< "COMPLIANCE", "GOVERNANCE"
    std::optional<TimePoint> retain_until{};
    Query tags{};
    std::string description{};  ///< x-amz-meta-description
};

/// The answer to HEAD.
struct ObjectHead {
    std::uint64_t size = 0;
    TimePoint modified{};
    std::string etag{};
    std::string version_id{};
    std::string storage_class = "STANDARD";
    std::optional<codec::Sha256Digest> sha256{};  ///< of an object that was put whole
    /// of a multipart one: over its parts' digests
    std::optional<codec::Sha256Digest> composite_sha256{};
    std::uint32_t parts =
        0;  ///< number of parts in the composite; 0 if the server does not return it
    /// x-amz-restore; nothing if there is no such header
    std::optional<bool> restore_ongoing{};
    std::optional<TimePoint> restored_until{};
    std::string lock_mode{};
    std::optional<TimePoint> retain_until{};
};

struct ListedObject {
    std::string key;
    std::uint64_t size = 0;
    TimePoint modified{};
    std::string storage_class{};
};

struct ListedUpload {
    std::string key;
    std::string upload_id;
    TimePoint initiated{};
};

/// A part, as uploaded, and as in CompleteMultipartUpload and GetObjectAttributes.
struct PartReceipt {
    std::uint32_t number = 0;
    std::string etag{};
    std::optional<codec::Sha256Digest> sha256{};
    std::uint64_t size = 0;
};

struct ObjectAttributes {
    std::uint64_t size = 0;
    /// of all pages; empty if the server keeps no checksums
    std::vector<PartReceipt> parts{};
};

struct Completed {
    std::string etag{};
    std::optional<codec::Sha256Digest> composite_sha256{};  ///< as the server computed it
};

enum class RestoreOutcome { started, prolonged, already_in_progress };

/// A rule of the bucket's lifecycle.
struct LifecycleRule {
    std::string id{};
    std::string prefix{};
    std::optional<unsigned> abort_uploads_after_days{};
    bool expires = false;      ///< removes objects, or their old versions
    bool transitions = false;  ///< moves objects to another class
};

/// A bucket, accessed with credentials. May be called from any thread. Keys are not encoded.
///
/// Errors of every call: those of net::Http; refused (signature, key, permission, owner: with the
/// code, the request id and a hint that names the permission or the setting), not_found (NoSuchKey,
/// NoSuchUpload; NoSuchBucket is usage), conflict (412 PreconditionFailed, 409), cold
/// (InvalidObjectState), unavailable (408, 429, 5xx, SlowDown, RequestTimeout, InternalError, also
/// within a 200), full (QuotaExceeded and the like), usage (wrong region, invalid argument), damage
/// (BadDigest, XAmzContentSHA256Mismatch: the data changed in transit), unsupported (501
/// NotImplemented). On its own it follows one redirect to the bucket's region (and keeps it),
/// corrects for a wrong clock (and logs that once), and renews expired credentials, each once for a
/// call. Calls that fail as unavailable are retried (ClientContext::retry) before that is an error.
/// A request whose answer was lost may have taken effect; each call says what its repetition then
/// does, unless it changes nothing.
class S3 {
  public:
    virtual ~S3() = default;

    [[nodiscard]] virtual const BucketConfig& config() const = 0;

    /// HeadBucket: checks that the bucket can be accessed with these credentials.
    virtual Result<void> head_bucket() = 0;

    /// Repeated after a lost answer, it leaves a second upload, which is listed until it is
    /// aborted.
    virtual Result<std::string> create_multipart_upload(
        const std::string& key, const ObjectSettings& settings) = 0;  ///< the upload id
    /// `sha256` of `body` is the signed payload hash and the part's x-amz-checksum-sha256. If the
    /// server received other bytes: unavailable, after retries, if `body` matches `sha256`, else
    /// damage.
    virtual Result<PartReceipt> upload_part(const std::string& key, const std::string& upload_id,
                                            std::uint32_t number, Bytes body,
                                            const codec::Sha256Digest& sha256) = 0;
    /// With If-None-Match: * if `only_new`: conflict if the key exists. Repeated after a lost
    /// answer, it fails with conflict or not_found: the caller must check whether the object is its
    /// own.
    virtual Result<Completed> complete_multipart_upload(const std::string& key,
                                                        const std::string& upload_id,
                                                        const std::vector<PartReceipt>& parts,
                                                        bool only_new) = 0;
    virtual Result<void> abort_multipart_upload(const std::string& key,
                                                const std::string& upload_id) = 0;
    virtual Result<std::vector<ListedUpload>> list_multipart_uploads(const std::string& prefix) = 0;

    /// `only_new`: conflict if the key exists, also if a first try whose answer was lost has
    /// written it.
    virtual Result<void> put_object(const std::string& key, Bytes body,
                                    const ObjectSettings& settings, bool only_new) = 0;
    /// Reads bytes [offset, offset + into.size()) or as many as exist; 0 at or after the end.
    /// Returns fewer if the connection broke after some bytes: the caller requests the rest.
    virtual Result<std::size_t> get_object(const std::string& key, std::uint64_t offset,
                                           MutableBytes into) = 0;
    /// The whole object; damage if it is larger than `limit` or does not match its checksum.
    virtual Result<Buffer> get_whole_object(const std::string& key, std::size_t limit) = 0;
    virtual Result<ObjectHead> head_object(const std::string& key) = 0;
    virtual Result<ObjectAttributes> get_object_attributes(const std::string& key) = 0;
    virtual Result<std::vector<ListedObject>> list_objects(const std::string& prefix) = 0;
    /// It is not an error if the key does not exist.
    virtual Result<void> delete_object(const std::string& key, const std::string& version_id) = 0;
    /// All versions and delete markers of exactly this key.
    virtual Result<std::vector<std::string>> list_versions(const std::string& key) = 0;
    /// `tier`: "Expedited", "Standard" or "Bulk".
    virtual Result<RestoreOutcome> restore_object(const std::string& key, std::chrono::days days,
                                                  const std::string& tier) = 0;

    /// Empty if the bucket has no lifecycle.
    virtual Result<std::vector<LifecycleRule>> get_lifecycle() = 0;
    /// Whether the bucket's versioning is enabled.
    virtual Result<bool> versioning_enabled() = 0;
};

std::unique_ptr<S3> open_s3(BucketConfig config, const ClientContext& context);

}  // namespace zg::aws
