// Jobs, inventories and unfinished uploads of a vault.
#include <fmt/format.h>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/vault/verb.hpp"
#include "vault_tools/inventory.hpp"
#include "vault_tools/notify.hpp"

namespace zg::cli {

namespace {

Json json_of(const aws::Job& job) {
    return {{"id", job.id},
            {"type", job.type == aws::JobType::archive ? "archive" : "inventory"},
            {"status", job.status},
            {"message", job.message},
            {"archive", job.archive_id},
            {"description", job.description},
            {"tier", job.tier},
            {"size", job.size},
            {"created", rfc3339_utc(job.created)},
            {"completed", job.completed_at ? Json(rfc3339_utc(*job.completed_at)) : Json(nullptr)}};
}

void show_jobs(const std::vector<aws::Job>& jobs,
               const std::function<void(const Table&, const Json&)>& show) {
    Table table{.columns = {"Type", "Status", "Created", "Completed", "Size", "Archive", "Job"},
                .rows = {}};
    Json all = Json::array();
    for (const aws::Job& job : jobs) {
        table.rows.push_back(
            {job.type == aws::JobType::archive ? "archive" : "inventory", job.status,
             rfc3339_utc(job.created), job.completed_at ? rfc3339_utc(*job.completed_at) : "-",
             std::to_string(job.size), job.archive_id.empty() ? "-" : job.archive_id, job.id});
        all.push_back(json_of(job));
    }
    show(table, {{"jobs", std::move(all)}});
}

class VaultJobs final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault jobs"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"listjobs"}; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<aws::Job> jobs, vaults->glacier().list_jobs(vault_, ""));
        show_jobs(jobs, [&](const Table& table, const Json& json) { show(table, json); });
        return ExitCode::done;
    }
};

class VaultJob final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault job"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"describejob"}; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("job", job_, "Id of the job")->required()->type_name("JOB");
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const aws::Job job, vaults->glacier().describe_job(vault_, plain_id(job_)));
        show_jobs({job}, [&](const Table& table, const Json& json) { show(table, json); });
        return ExitCode::done;
    }

  private:
    std::string job_;
};

class VaultInventory final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault inventory"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_flag("--refresh", refresh_, "Ask for a new one even where one is there");
        add_state_dir(app);
        app.add_option(
               "--notify", topic_,
               "Topic that is told when it is done, by name or ARN; see zglacier vault notify")
            ->type_name("TOPIC");
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        if (!topic_.empty()) {
            ZG_TRY(topic_, vault_tools::find_topic(vaults->sns(), topic_));
        }
        ZG_TRY(const vault_tools::VaultListing listing,
               vault_tools::list_vault(vaults->glacier(), vault_, refresh_, topic_, world.clock));
        vault_tools::note_inventory(book_place(*vaults, console), vault_, listing);
        Table table{.columns = {"Archive", "Size", "Created", "Tree hash", "Description"},
                    .rows = {}};
        Json archives = Json::array();
        for (const vault_tools::VaultEntry& archive : listing.archives) {
            table.rows.push_back({archive.id, std::to_string(archive.size),
                                  rfc3339_utc(archive.created), archive.tree_hash.hex(),
                                  archive.description});
            archives.push_back({{"id", archive.id},
                                {"description", archive.description},
                                {"created", rfc3339_utc(archive.created)},
                                {"size", archive.size},
                                {"tree_hash", archive.tree_hash.hex()}});
        }
        console.info(fmt::format("inventory of {}", rfc3339_utc(listing.date)));
        show(table, {{"date", rfc3339_utc(listing.date)}, {"archives", std::move(archives)}});
        return ExitCode::done;
    }

  private:
    bool refresh_ = false;
    std::string topic_;
};

class VaultUploads final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault uploads"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"listmultiparts"}; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<aws::GlacierUpload> uploads,
               vaults->glacier().list_uploads(vault_));
        Table table{.columns = {"Upload", "Part size", "Created", "Description"}, .rows = {}};
        Json all = Json::array();
        for (const aws::GlacierUpload& upload : uploads) {
            table.rows.push_back({upload.id, std::to_string(upload.part_size),
                                  rfc3339_utc(upload.created), upload.description});
            all.push_back({{"id", upload.id},
                           {"description", upload.description},
                           {"created", rfc3339_utc(upload.created)},
                           {"part_size", upload.part_size}});
        }
        show(table, {{"uploads", std::move(all)}});
        return ExitCode::done;
    }
};

class VaultAbort final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault abort"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"abortmultipart"}; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("uploads", uploads_, "Ids of uploads")->required()->type_name("UPLOAD");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        Json aborted = Json::array();
        std::string text;
        for (const std::string& upload : uploads_) {
            ZG_CHECK(vaults->glacier().abort_upload(vault_, plain_id(upload)));
            aborted.push_back(plain_id(upload));
            text += fmt::format("aborted {}\n", plain_id(upload));
        }
        tell({{"aborted", std::move(aborted)}}, text);
        return ExitCode::done;
    }

  private:
    std::vector<std::string> uploads_;
};

class VaultTreehash final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault treehash"; }
    void define(Options& app) override {
        app.add_option("files", files_, "Files; standard input where there is none")
            ->type_name("FILE");
    }
    Result<ExitCode> run(World& /*world*/, Console& /*console*/) override {
        if (files_.empty()) files_.emplace_back("-");
        Json all = Json::array();
        std::string text;
        for (const std::string& file : files_) {
            ZG_TRY(const auto source, open_input(file));
            ZG_TRY(const codec::Sha256Digest hash, vault_tools::tree_hash_of(*source));
            all.push_back({{"file", file}, {"tree_hash", hash.hex()}});
            text += fmt::format("{}  {}\n", hash.hex(), file);
        }
        tell({{"files", std::move(all)}}, text);
        return ExitCode::done;
    }

  private:
    std::vector<std::string> files_;
};

}  // namespace

std::unique_ptr<Verb> make_vault_inventory() { return std::make_unique<VaultInventory>(); }
std::unique_ptr<Verb> make_vault_jobs() { return std::make_unique<VaultJobs>(); }
std::unique_ptr<Verb> make_vault_job() { return std::make_unique<VaultJob>(); }
std::unique_ptr<Verb> make_vault_uploads() { return std::make_unique<VaultUploads>(); }
std::unique_ptr<Verb> make_vault_abort() { return std::make_unique<VaultAbort>(); }
std::unique_ptr<Verb> make_vault_treehash() { return std::make_unique<VaultTreehash>(); }

}  // namespace zg::cli
