#include "vault_tools/foreign.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/vault/adopter.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/options.hpp"
#include "vault_tools/internal/listing.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

namespace {

constexpr const char* job_description = "zglacier adopt";

class OpenForeignArchives final : public ForeignArchives {
  public:
    OpenForeignArchives(std::unique_ptr<store::VaultAdopter> adopter, Clock& clock)
        : adopter_(std::move(adopter)), clock_(clock) {}

    [[nodiscard]] const std::string& vault() const override { return adopter_->vault(); }

    Result<store::Inventory> inventory() override {
        return list_vault(adopter_->glacier(), vault(), false, "", clock_);
    }

    Result<std::map<std::string, std::string>> adopted() override { return adopter_->adopted(); }

    Result<void> adopt(const store::InventoryArchive& archive, const std::string& name) override {
        return adopter_->adopt(archive, name);
    }

    Result<std::map<std::string, BeginningJob>> beginnings() override {
        ZG_TRY(const std::vector<aws::Job> jobs, adopter_->glacier().list_jobs(vault(), ""));
        std::map<std::string, BeginningJob> best;
        for (const aws::Job& job : jobs) {
            if (job.type != aws::JobType::archive || (job.range && job.range->first != 0)) continue;
            if (job.completed && !job.succeeded()) continue;
            const BeginningJob one{.id = job.id, .ready = job.succeeded()};
            const auto [found, is_first] = best.emplace(job.archive_id, one);
            if (!is_first && one.ready && !found->second.ready) found->second = one;
        }
        return best;
    }

    Result<std::optional<Buffer>> read_beginning(const BeginningJob& job,
                                                 std::uint64_t size) override {
        Buffer bytes(std::min(beginning_size, size));
        auto output = adopter_->glacier().get_job_output(vault(), job.id, 0, bytes);
        if (!output && output.error().kind == ErrorKind::not_found)
            return std::optional<Buffer>(std::nullopt);
        if (!output) return fail(std::move(output.error()));
        bytes.resize(output->received);
        return std::optional(std::move(bytes));
    }

    Result<void> request_beginning(const BeginningRequest& request) override {
        aws::JobRequest job{.archive_id = request.archive,
                            .tier = tier_name(request.tier),
                            .description = job_description,
                            .sns_topic = request.topic};
        if (request.size > beginning_size)
            job.range = aws::ByteRange{.first = 0, .last = beginning_size - 1};
        ZG_CHECK(adopter_->glacier().initiate_job(vault(), job));
        return {};
    }

  private:
    std::unique_ptr<store::VaultAdopter> adopter_;
    Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<ForeignArchives>> open_foreign_archives(const VaultService& service,
                                                               const std::string& vault,
                                                               const std::string& state_dir) {
    store::VaultOptions options;
    options.region = service.access.region;
    options.vault = vault;
    options.account = service.access.account;
    options.endpoint = service.access.endpoint;
    options.profile = service.access.profile;
    ZG_TRY(auto adopter, store::open_vault_adopter(options, open_context(service, state_dir)));
    return std::make_unique<OpenForeignArchives>(std::move(adopter), service.world.clock);
}

}  // namespace zg::vault_tools
