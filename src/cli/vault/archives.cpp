// Archives in a vault: upload, retrieve, download, remove.
#include <fmt/format.h>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/vault/verb.hpp"
#include "vault_tools/notify.hpp"

namespace zg::cli {

namespace {

class VaultUpload final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault upload"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("files", files_, "The files; standard input where there is none, or -")
            ->type_name("FILE");
        app.add_option("--description", description_,
                       "What the inventory will show beside the archive's id, printable ASCII [the "
                       "file's name]")
            ->type_name("TEXT");
        app.add_option(
               "--name", name_,
               "Name of the file, for `vault search`, and the description where none is given")
            ->type_name("TEXT");
        app.add_flag("--stdin", stdin_, "Read standard input");
        Option part =
            app.add_option("--part-size", part_size_, "Bytes of a part: 1MiB, 2MiB, 4MiB … 4GiB");
        part->type_name("SIZE");
        app.add_option("--partsize", part_mb_,
                       "The same in MiB; what cannot be is made larger until it can")
            ->excludes(part)
            ->range(1, 4096)
            ->type_name("MIB");
        app.add_option("--size", size_,
                       "About how many bytes standard input will have, to choose the part size by")
            ->type_name("SIZE");
        app.add_option("--uploadid", upload_id_, "Go on with this upload")->type_name("ID");
        app.add_flag("--bacula", bacula_,
                     "FILE is a list as Bacula gives it: FOLDER/FIRST|SECOND|THIRD");
        define_idle(app, {{"--resume", "", "--uploadid goes on with an upload"}}, idle_);
        add_state_dir(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const std::vector<vault_tools::VaultUpload> uploads, read_options());
        ZG_TRY(const auto vaults, open(world, console));
        const vault_tools::VaultContext context{.glacier = vaults->glacier(),
                                                .log = console,
                                                .progress = console,
                                                .connections = access_.connections};
        std::vector<vault_tools::VaultArchive> done;
        Result<void> failed;
        for (std::size_t i = 0; i < uploads.size() && failed; ++i) {
            auto archive = upload(context, files_[i], uploads[i]);
            if (archive) {
                vault_tools::note_upload(book_place(*vaults, console), uploads[i], *archive,
                                         !name_.empty()     ? name_
                                         : files_[i] == "-" ? ""
                                                            : files_[i],
                                         world.clock.now());
                done.push_back(*archive);
            } else {
                failed = fail(std::move(archive.error()));
            }
        }
        // What is in the vault by now is told in any case.
        if (!done.empty()) report(done);
        ZG_CHECK(failed);
        return ExitCode::done;
    }

  private:
    static Result<vault_tools::VaultArchive> upload(const vault_tools::VaultContext& context,
                                                    const std::string& file,
                                                    const vault_tools::VaultUpload& upload) {
        ZG_TRY(const auto source, open_input(file));
        return vault_tools::upload_to_vault(context, *source, upload);
    }

    void report(const std::vector<vault_tools::VaultArchive>& done) const {
        Json all = Json::array();
        std::string text;
        for (std::size_t i = 0; i < done.size(); ++i) {
            const aws::ArchiveReceipt& receipt = done[i].receipt;
            Json one{{"archive", receipt.id},
                     {"tree_hash", receipt.tree_hash.hex()},
                     {"size", done[i].size},
                     {"sent", done[i].sent}};
            if (files_.size() == 1) return tell(one, archive_text(done[i]));
            one["file"] = files_[i];
            all.push_back(std::move(one));
            text += files_[i] + ": " + archive_text(done[i]);
        }
        if (output_ != "csv" || common.json) return tell({{"archives", std::move(all)}}, text);
        Table table{.columns = {"file", "archive", "tree_hash", "size", "sent"}, .rows = {}};
        for (std::size_t i = 0; i < done.size(); ++i)
            table.rows.push_back({files_[i], done[i].receipt.id, done[i].receipt.tree_hash.hex(),
                                  std::to_string(done[i].size), std::to_string(done[i].sent)});
        show(table, {});
    }

    [[nodiscard]] std::string archive_text(const vault_tools::VaultArchive& archive) const {
        return fmt::format("{} in vault {}: {}, tree hash {}\n", archive.receipt.id, vault_,
                           format_size(archive.size), archive.receipt.tree_hash.hex());
    }

    Result<void> read_files() {
        if (bacula_) {
            if (files_.size() != 1)
                return fail({.kind = ErrorKind::usage,
                             .what = "--bacula takes one list",
                             .hint = "write it as one word: 'FOLDER/FIRST|SECOND'"});
            const std::vector<std::string> names = vault_tools::split_list(files_.front(), '|');
            const std::string folder = files_.front().substr(
                0, files_.front().substr(0, files_.front().find('|')).rfind('/') + 1);
            files_.assign(names.begin(), names.end());
            for (std::size_t i = 1; i < files_.size(); ++i) files_[i].insert(0, folder);
        }
        if (stdin_ && !files_.empty() && files_ != std::vector<std::string>{"-"})
            return fail({.kind = ErrorKind::usage,
                         .what = "there are files, and --stdin",
                         .hint = "give one of them; --name names what comes from standard input"});
        if (files_.empty()) files_.emplace_back("-");
        if (files_.size() > 1 && !upload_id_.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = "an upload goes on with one file",
                         .hint = "give --uploadid and that file alone"});
        return {};
    }

    /// For each file; none is uploaded where one of them cannot be.
    Result<std::vector<vault_tools::VaultUpload>> read_options() {
        ZG_CHECK(read_files());
        std::vector<vault_tools::VaultUpload> uploads;
        for (const std::string& file : files_) {
            vault_tools::VaultUpload upload{
                .vault = vault_, .description = description_, .upload_id = plain_id(upload_id_)};
            if (upload.description.empty())
                upload.description = !name_.empty() ? name_
                                     : file == "-"  ? ""
                                                    : file.substr(file.rfind('/') + 1);
            if (!size_.empty()) {
                ZG_TRY(upload.expected, parse_size(size_));
            } else if (file != "-") {
                ZG_TRY(upload.expected, input_size(file));
            }
            if (!part_size_.empty()) {
                ZG_TRY(upload.part_size, parse_size(part_size_));
            } else if (part_mb_ > 0) {
                upload.part_size = vault_tools::part_size_for(part_mb_, upload.expected);
            }
            uploads.push_back(std::move(upload));
        }
        return uploads;
    }

    std::vector<std::string> files_;
    std::string description_;
    std::string name_;
    std::string part_size_;
    std::string size_;
    std::string upload_id_;
    std::uint64_t part_mb_ = 0;
    bool stdin_ = false;
    bool bacula_ = false;
};

class VaultRetrieve final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault retrieve"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"getarchive"}; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("archives", archives_, "Ids of archives")->required()->type_name("ARCHIVE");
        app.add_option(
               "--tier", tier_,
               "expedited (minutes), standard (3 to 5 hours) or bulk (5 to 12 hours, the cheapest)")
            ->one_of({"expedited", "standard", "bulk"})
            ->capture_default_str()
            ->type_name("TIER");
        app.add_option(
               "--notify", topic_,
               "Topic that is told when it is done, by name or ARN; see zglacier vault notify")
            ->type_name("TOPIC");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        if (!topic_.empty()) {
            ZG_TRY(topic_, vault_tools::find_topic(vaults->sns(), topic_));
        }
        Json jobs = Json::array();
        std::string text;
        for (const std::string& marked : archives_) {
            const std::string archive = plain_id(marked);
            ZG_TRY(const std::vector<aws::Job> known, vaults->glacier().list_jobs(vault_, ""));
            std::string job;
            for (const aws::Job& one : known)
                if (one.archive_id == archive && one.status != "Failed") job = one.id;
            const bool is_new = job.empty();
            if (is_new) {
                const std::string tier = tier_ == "expedited" ? "Expedited"
                                         : tier_ == "bulk"    ? "Bulk"
                                                              : "Standard";
                ZG_TRY(job,
                       vaults->glacier().initiate_job(
                           vault_, {.archive_id = archive, .tier = tier, .sns_topic = topic_}));
            }
            jobs.push_back({{"archive", archive}, {"job", job}, {"new", is_new}});
            text += fmt::format("{}: job {}\n", is_new ? "asked for" : "asked for already", job);
        }
        tell({{"jobs", std::move(jobs)}}, text);
        return ExitCode::done;
    }

  private:
    std::vector<std::string> archives_;
    std::string tier_ = "standard";
    std::string topic_;
};

class VaultDownload final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault download"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("archive", archive_, "Id of the archive")->required()->type_name("ARCHIVE");
        app.add_option("--outfile,-o", file_, "Write to this file")->type_name("FILE");
        app.add_flag("--overwrite", overwrite_, "Replace the file where it is there");
        define_idle(app, {{"--partsize", "MIB", ""}}, idle_);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const aws::Job job,
               vault_tools::find_retrieval(vaults->glacier(), vault_, plain_id(archive_)));
        ZG_TRY(auto out, open_output(file_, overwrite_));
        const vault_tools::VaultContext context{.glacier = vaults->glacier(),
                                                .log = console,
                                                .progress = console,
                                                .connections = access_.connections};
        ZG_TRY(const std::uint64_t size,
               vault_tools::download_from_vault(context, vault_, job, *out));
        ZG_CHECK(out->keep());
        if (!file_.empty())
            tell({{"size", size}}, fmt::format("{}: {}\n", file_, format_size(size)));
        return ExitCode::done;
    }

  private:
    std::string archive_;
    std::string file_;
    bool overwrite_ = false;
};

class VaultRemove final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault remove"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"rmarchive"}; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("archives", archives_, "Ids of archives")->required()->type_name("ARCHIVE");
        add_state_dir(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        Json removed = Json::array();
        std::string text;
        for (const std::string& archive : archives_) {
            ZG_CHECK(vaults->glacier().delete_archive(vault_, plain_id(archive)));
            vault_tools::note_removed(book_place(*vaults, console), vault_, {plain_id(archive)},
                                      world.clock.now());
            removed.push_back(plain_id(archive));
            text += fmt::format("removed {}\n", plain_id(archive));
        }
        tell({{"removed", std::move(removed)}}, text);
        return ExitCode::done;
    }

  private:
    std::vector<std::string> archives_;
};

}  // namespace

std::unique_ptr<Verb> make_vault_upload() { return std::make_unique<VaultUpload>(); }
std::unique_ptr<Verb> make_vault_retrieve() { return std::make_unique<VaultRetrieve>(); }
std::unique_ptr<Verb> make_vault_download() { return std::make_unique<VaultDownload>(); }
std::unique_ptr<Verb> make_vault_remove() { return std::make_unique<VaultRemove>(); }

}  // namespace zg::cli
