// The Glacier calls over SignedHttp, in one file for each topic.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aws/auth/signed_http.hpp"
#include "aws/auth/sigv4.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "net/http.hpp"

namespace zg::aws {

/// One call.
struct GlacierCall {
    std::string method;
    std::string action;  ///< the permission it needs, for the hint if it is refused
    std::string path;    ///< percent-encoded, after the account: "/vaults/photos"
    std::string where;   ///< for errors
    Query query{};
    net::Headers headers{};
    Bytes body{};
    std::optional<codec::Sha256Digest> sha256{};
    MutableBytes into{};
    int also = 0;
};

class GlacierCalls final : public Glacier {
  public:
    GlacierCalls(GlacierConfig config, const ClientContext& context);
    [[nodiscard]] const GlacierConfig& config() const override { return config_; }

    // glacier_vaults.cpp
    Result<void> create_vault(const std::string& vault) override;
    Result<Vault> describe_vault(const std::string& vault) override;
    Result<std::vector<Vault>> list_vaults() override;
    Result<void> delete_vault(const std::string& vault) override;
    Result<void> set_notifications(const std::string& vault,
                                   const Notifications& notifications) override;
    Result<Notifications> get_notifications(const std::string& vault) override;
    Result<void> delete_notifications(const std::string& vault) override;
    Result<void> add_tags(const std::string& vault,
                          const std::map<std::string, std::string>& tags) override;
    Result<std::map<std::string, std::string>> list_tags(const std::string& vault) override;
    Result<void> remove_tags(const std::string& vault,
                             const std::vector<std::string>& keys) override;

    // glacier_policies.cpp
    Result<void> set_access_policy(const std::string& vault, const std::string& policy) override;
    Result<std::string> get_access_policy(const std::string& vault) override;
    Result<void> delete_access_policy(const std::string& vault) override;
    Result<std::string> initiate_lock(const std::string& vault, const std::string& policy) override;
    Result<VaultLock> get_lock(const std::string& vault) override;
    Result<void> abort_lock(const std::string& vault) override;
    Result<void> complete_lock(const std::string& vault, const std::string& lock_id) override;
    Result<std::vector<RetrievalRule>> get_retrieval_policy() override;
    Result<void> set_retrieval_policy(const std::vector<RetrievalRule>& rules) override;

    // glacier_archives.cpp
    Result<ArchiveReceipt> upload_archive(const std::string& vault, Bytes body,
                                          const codec::TreeHash::Digests& digests,
                                          const std::string& description) override;
    Result<void> delete_archive(const std::string& vault, const std::string& archive_id) override;
    Result<std::string> initiate_upload(const std::string& vault, std::uint64_t part_size,
                                        const std::string& description) override;
    Result<void> upload_part(const std::string& vault, const std::string& upload_id,
                             std::uint64_t begin, Bytes body,
                             const codec::TreeHash::Digests& digests) override;
    Result<ArchiveReceipt> complete_upload(const std::string& vault, const std::string& upload_id,
                                           std::uint64_t size,
                                           const codec::Sha256Digest& tree_hash) override;
    Result<void> abort_upload(const std::string& vault, const std::string& upload_id) override;
    Result<std::vector<GlacierUpload>> list_uploads(const std::string& vault) override;
    Result<std::vector<GlacierPart>> list_parts(const std::string& vault,
                                                const std::string& upload_id) override;

    // glacier_jobs.cpp
    Result<std::string> initiate_job(const std::string& vault, const JobRequest& request) override;
    Result<Job> describe_job(const std::string& vault, const std::string& job_id) override;
    Result<std::vector<Job>> list_jobs(const std::string& vault,
                                       const std::string& status) override;
    Result<JobOutput> get_job_output(const std::string& vault, const std::string& job_id,
                                     std::uint64_t offset, MutableBytes into) override;

  private:
    /// An answer with a status of 2xx, or of `call.also`; every other one is an error. Repeated
    /// after a transient failure.
    Result<net::Response> call(const GlacierCall& call) {
        return http_.retrying([&] { return call_once(call); });
    }
    /// The same, and the result of `read` (Result<T>(const net::Response&)) for the answer; if that
    /// is unavailable, the call is retried, too.
    template <class Read>
    auto call(const GlacierCall& call, const Read& read) -> decltype(read(net::Response{})) {
        return http_.retrying([&]() -> decltype(read(net::Response{})) {
            ZG_TRY(const net::Response response, call_once(call));
            return read(response);
        });
    }
    /// Without retries.
    Result<net::Response> call_once(const GlacierCall& call);
    /// call(), and its answer as JSON.
    Result<nlohmann::json> call_json(const GlacierCall& call);
    /// call() with `body` as JSON.
    Result<net::Response> send_json(GlacierCall call, const nlohmann::json& body);
    /// A job like `request` that was started after `begun`, if there is one.
    Result<std::optional<std::string>> find_job(const std::string& vault, const JobRequest& request,
                                                TimePoint begun);
    /// All pages of a listing, whose entries are in `member`.
    Result<std::vector<nlohmann::json>> list_pages(GlacierCall call, const char* member);

    GlacierConfig config_;
    SignedHttp http_;
    Endpoint endpoint_;
};

/// The call on a vault; `below` is percent-encoded: "/jobs".
GlacierCall on(const std::string& vault, const char* method, const char* action,
               const std::string& below = {});
/// The result of a call without a useful answer.
Result<void> done(Result<net::Response> response);
/// The document as text, in one line.
std::string to_text(const nlohmann::json& json);
/// The member as text, number or time; empty, 0 or nothing if it is missing, null or of another
/// type: the service leaves out members without a value.
std::string text_of(const nlohmann::json& object, const char* member);
std::uint64_t number_of(const nlohmann::json& object, const char* member);
std::optional<TimePoint> time_of(const nlohmann::json& object, const char* member);
std::optional<codec::Sha256Digest> digest_of(const nlohmann::json& object, const char* member);
/// "0-1048575", as the service writes a range; nothing for any other text.
std::optional<ByteRange> parse_range(const std::string& text);
/// A header that the answer must have; `where` is for the error.
Result<std::string> required_header(const net::Response& response, const char* name,
                                    const std::string& where);

}  // namespace zg::aws
