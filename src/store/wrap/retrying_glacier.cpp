#include "store/wrap/retrying_glacier.hpp"

namespace zg::store {

namespace {

using namespace aws;

class RetryingGlacier final : public Glacier {
  public:
    RetryingGlacier(std::unique_ptr<Glacier> inner, RetryPolicy policy, Clock& clock,
                    Random& random, Log& log)
        : inner_(std::move(inner)), clock_(clock), retrier_(policy, clock, random, log) {}

    [[nodiscard]] const GlacierConfig& config() const override { return inner_->config(); }

    Result<void> create_vault(const std::string& vault) override {
        return retrier_.again([&] { return inner_->create_vault(vault); });
    }
    Result<Vault> describe_vault(const std::string& vault) override {
        return retrier_.again([&] { return inner_->describe_vault(vault); });
    }
    Result<std::vector<Vault>> list_vaults() override {
        return retrier_.again([&] { return inner_->list_vaults(); });
    }
    Result<void> delete_vault(const std::string& vault) override {
        return retrier_.again([&] { return inner_->delete_vault(vault); });
    }
    Result<void> set_notifications(const std::string& vault,
                                   const Notifications& notifications) override {
        return retrier_.again([&] { return inner_->set_notifications(vault, notifications); });
    }
    Result<Notifications> get_notifications(const std::string& vault) override {
        return retrier_.again([&] { return inner_->get_notifications(vault); });
    }
    Result<void> delete_notifications(const std::string& vault) override {
        return retrier_.again([&] { return inner_->delete_notifications(vault); });
    }
    Result<void> set_access_policy(const std::string& vault, const std::string& policy) override {
        return retrier_.again([&] { return inner_->set_access_policy(vault, policy); });
    }
    Result<std::string> get_access_policy(const std::string& vault) override {
        return retrier_.again([&] { return inner_->get_access_policy(vault); });
    }
    Result<void> delete_access_policy(const std::string& vault) override {
        return retrier_.again([&] { return inner_->delete_access_policy(vault); });
    }
    Result<std::string> initiate_lock(const std::string& vault,
                                      const std::string& policy) override {
        return retrier_.again([&] { return inner_->initiate_lock(vault, policy); });
    }
    Result<VaultLock> get_lock(const std::string& vault) override {
        return retrier_.again([&] { return inner_->get_lock(vault); });
    }
    Result<void> abort_lock(const std::string& vault) override {
        return retrier_.again([&] { return inner_->abort_lock(vault); });
    }
    Result<void> complete_lock(const std::string& vault, const std::string& lock_id) override {
        return retrier_.again([&] { return inner_->complete_lock(vault, lock_id); });
    }
    Result<void> add_tags(const std::string& vault,
                          const std::map<std::string, std::string>& tags) override {
        return retrier_.again([&] { return inner_->add_tags(vault, tags); });
    }
    Result<std::map<std::string, std::string>> list_tags(const std::string& vault) override {
        return retrier_.again([&] { return inner_->list_tags(vault); });
    }
    Result<void> remove_tags(const std::string& vault,
                             const std::vector<std::string>& keys) override {
        return retrier_.again([&] { return inner_->remove_tags(vault, keys); });
    }
    Result<std::vector<RetrievalRule>> get_retrieval_policy() override {
        return retrier_.again([&] { return inner_->get_retrieval_policy(); });
    }
    Result<void> set_retrieval_policy(const std::vector<RetrievalRule>& rules) override {
        return retrier_.again([&] { return inner_->set_retrieval_policy(rules); });
    }
    Result<ArchiveReceipt> upload_archive(const std::string& vault, Bytes body,
                                          const codec::TreeHash::Digests& digests,
                                          const std::string& description) override {
        return retrier_.again(
            [&] { return inner_->upload_archive(vault, body, digests, description); });
    }
    Result<void> delete_archive(const std::string& vault, const std::string& archive_id) override {
        return retrier_.again([&] { return inner_->delete_archive(vault, archive_id); });
    }
    Result<std::string> initiate_upload(const std::string& vault, std::uint64_t part_size,
                                        const std::string& description) override {
        return retrier_.again(
            [&] { return inner_->initiate_upload(vault, part_size, description); });
    }
    Result<void> upload_part(const std::string& vault, const std::string& upload_id,
                             std::uint64_t begin, Bytes body,
                             const codec::TreeHash::Digests& digests) override {
        return retrier_.again(
            [&] { return inner_->upload_part(vault, upload_id, begin, body, digests); });
    }
    Result<ArchiveReceipt> complete_upload(const std::string& vault, const std::string& upload_id,
                                           std::uint64_t size,
                                           const codec::Sha256Digest& tree_hash) override {
        return retrier_.again(
            [&] { return inner_->complete_upload(vault, upload_id, size, tree_hash); });
    }
    Result<void> abort_upload(const std::string& vault, const std::string& upload_id) override {
        return retrier_.again([&] { return inner_->abort_upload(vault, upload_id); });
    }
    Result<std::vector<GlacierUpload>> list_uploads(const std::string& vault) override {
        return retrier_.again([&] { return inner_->list_uploads(vault); });
    }
    Result<std::vector<GlacierPart>> list_parts(const std::string& vault,
                                                const std::string& upload_id) override {
        return retrier_.again([&] { return inner_->list_parts(vault, upload_id); });
    }
    Result<Job> describe_job(const std::string& vault, const std::string& job_id) override {
        return retrier_.again([&] { return inner_->describe_job(vault, job_id); });
    }
    Result<std::vector<Job>> list_jobs(const std::string& vault,
                                       const std::string& status) override {
        return retrier_.again([&] { return inner_->list_jobs(vault, status); });
    }
    Result<JobOutput> get_job_output(const std::string& vault, const std::string& job_id,
                                     std::uint64_t offset, MutableBytes into) override {
        return retrier_.again([&] { return inner_->get_job_output(vault, job_id, offset, into); });
    }
    /// Each job is paid for.
    Result<std::string> initiate_job(const std::string& vault, const JobRequest& request) override {
        bool again = false;
        const TimePoint begun = clock_.now();
        return retrier_.again([&]() -> Result<std::string> {
            if (again) {
                ZG_TRY(const std::vector<Job> jobs, inner_->list_jobs(vault, ""));
                for (const Job& job : jobs) {
                    const bool same = job.type == request.type &&
                                      job.archive_id == request.archive_id &&
                                      job.description == request.description;
                    if (same && job.created + clock_slack >= begun) return job.id;
                }
            }
            again = true;
            return inner_->initiate_job(vault, request);
        });
    }

  private:
    // By which the service's clock and this machine's may differ.
    static constexpr std::chrono::minutes clock_slack{1};

    std::unique_ptr<Glacier> inner_;
    Clock& clock_;
    Retrier retrier_;
};

}  // namespace

std::unique_ptr<aws::Glacier> retry(std::unique_ptr<aws::Glacier> inner, RetryPolicy policy,
                                    Clock& clock, Random& random, Log& log) {
    return std::make_unique<RetryingGlacier>(std::move(inner), policy, clock, random, log);
}

}  // namespace zg::store
