// Archives of other programs become archives of zglacier.
#include "ops/adopt/adopt.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/vault/verb.hpp"
#include "ops/backup/lock.hpp"
#include "vault_tools/notify.hpp"
#include "zfs/command.hpp"

namespace zg::cli {

namespace {

class VaultAdopt final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault adopt"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("archives", request_.archives,
                       "Ids of archives [all whose description tells a dataset]")
            ->type_name("ARCHIVE");
        app.add_option("--dataset", request_.dataset, "Dataset that they are of")
            ->type_name("DATASET");
        app.add_option("--host", request_.host, "Host that made them [this one]")
            ->type_name("NAME");
        app.add_flag("--full", request_.full, "The first ARCHIVE is a full stream");
        app.add_flag("--prove", request_.prove,
                     "Ask for the beginning of each, to know what it is");
        app.add_option("--tier", tier_, "expedited, standard or bulk, for --prove")
            ->one_of({"expedited", "standard", "bulk"})
            ->capture_default_str()
            ->type_name("TIER");
        app.add_option("--notify", topic_,
                       "Topic that is told when what --prove asked for is there, by name or ARN; "
                       "see zglacier vault notify")
            ->type_name("TOPIC");
        app.add_option(
               "--prices", prices_,
               "Table of prices [ZGLACIER_PRICES, /etc/zglacier/prices.json, or the one built in]")
            ->type_name("FILE");
        app.add_flag("--release", release_,
                     "Let go of ARCHIVEs that were adopted; they stay in the vault");
        app.add_option("--state-dir", common.state_dir,
                       "Folder of the catalog and the locks [/var/lib/zglacier for root, else "
                       "$XDG_STATE_HOME/zglacier]")
            ->envname("ZGLACIER_STATE_DIR")
            ->type_name("DIR");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_CHECK(check());
        ZG_TRY(const ops::SessionOptions options, store_options());
        ZG_TRY(const ops::MadeStore made, ops::make_store(world, options, false));
        if (made.made) console.info(fmt::format("made store {} in vault {}", made.id, vault_));
        ZG_TRY(const auto session, ops::Session::open(world, options));
        ZG_TRY(const auto adopter, ops::open_adopter(world, options));
        ops::Context& context = session->context();
        ZG_TRY(const ops::Lock lock,
               ops::Lock::take(context.machine.state_dir + "/locks",
                               context.archives.store_id + "-adopt", "vault " + vault_));
        if (release_) return release(context, *adopter);
        if (request_.host.empty()) request_.host = context.machine.host;
        if (!topic_.empty()) {
            ZG_TRY(const auto vaults, open(world, console));
            ZG_TRY(request_.topic, vault_tools::find_topic(vaults->sns(), topic_));
        }
        // Without a zfs on this machine there is no snapshot to be looked for.
        const auto zfs = zfs::open_zfs(zfs_program(), world.steps);
        const auto tell_cost = [&](std::size_t count) { console.info(cost_text(count)); };
        ZG_TRY(const ops::AdoptReport report,
               ops::adopt(context, *adopter, zfs ? zfs->get() : nullptr, request_, tell_cost));
        tell(report, console);
        return report.waiting > 0 ? ExitCode::waiting : ExitCode::done;
    }

  private:
    Result<void> check() {
        for (std::string& id : request_.archives) id = plain_id(id);
        request_.tier = tier_ == "expedited" ? "Expedited" : tier_ == "bulk" ? "Bulk" : "Standard";
        if (!request_.dataset.empty()) ZG_CHECK(zfs::check_dataset_name(request_.dataset));
        if (release_ && request_.archives.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = "--release needs to know which archives",
                         .hint = "zglacier vault adopt --release VAULT ARCHIVE…"});
        if (request_.full && request_.archives.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = "--full needs to know which archive",
                         .hint = "zglacier vault adopt --full --dataset DATASET VAULT ARCHIVE…"});
        return {};
    }

    [[nodiscard]] Result<ops::SessionOptions> store_options() const {
        ops::SessionOptions options{
            .store = {}, .state_dir = common.state_dir, .needs_state = true};
        options.store.url = fmt::format("glacier://{}/{}", access_.region, vault_);
        for (const auto& [name, value] :
             {std::pair("account", access_.account), std::pair("endpoint", access_.endpoint),
              std::pair("profile", access_.profile)})
            if (!value.empty()) options.store.options[name] = value;
        options.store.connections = access_.connections;
        options.store.aws = access_.defaults;
        ZG_TRY(options.store.retry_time, parse_duration(common.retry_time));
        return options;
    }

    [[nodiscard]] std::string cost_text(std::size_t count) const {
        std::string text = fmt::format("asking for the first MiB of {} archive{}, tier {}", count,
                                       count == 1 ? "" : "s", tier_);
        const auto prices = policy::load_prices(prices_);
        if (!prices) return text + ": " + prices.error().message();
        const double dollars =
            policy::cost_of(*prices, ops::charges_to_prove(count, tier_)).total();
        return text +
               (dollars < 0.005 ? ": less than $0.01" : fmt::format(": about ${:.2f}", dollars));
    }

    Result<ExitCode> release(ops::Context& context, store::VaultAdopter& adopter) {
        ZG_CHECK(ops::release_adopted(context, adopter, request_.archives));
        print_result(
            common, {{"released", request_.archives}},
            fmt::format("released {} archive{}; what was in the vault is still there\n",
                        request_.archives.size(), request_.archives.size() == 1 ? "" : "s"));
        return ExitCode::done;
    }

    void tell(const ops::AdoptReport& report, Console& console) const {
        Json archives = Json::array();
        Json left = Json::array();
        std::string text = fmt::format("by the inventory of {}:\n", rfc3339_utc(report.inventory));
        for (const catalog::Manifest& archive : report.archives) {
            archives.push_back(archive_json(archive));
            text += fmt::format("  {}  {:<11}  {}@{}  {}{}\n", archive.archive_id,
                                archive.full() ? "full" : "incremental", archive.dataset,
                                archive.snapshot, format_size(archive.stored_size),
                                archive.proved() ? "" : "  (not proved)");
        }
        for (const store::InventoryArchive& archive : report.left) {
            left.push_back({{"id", archive.id}, {"description", archive.description}});
            text += fmt::format("  not taken in: {}  \"{}\"\n", archive.id, archive.description);
        }
        for (const std::string& id : report.no_streams)
            console.warning(fmt::format(
                "{}: this is no send stream as zfs makes it; it was compressed or encrypted by "
                "another program, or is none. Fetch it by `zglacier vault retrieve`",
                id));
        if (!report.left.empty())
            console.hint(
                "their descriptions do not tell what they are: name those that belong together "
                "with --dataset");
        const bool unproved = std::ranges::any_of(
            report.archives, [](const catalog::Manifest& archive) { return !archive.proved(); });
        if (report.waiting > 0)
            console.hint(
                "the beginnings that were asked for are not there yet: run the same command again "
                "in about five hours");
        else if (unproved)
            console.hint(
                "what is not proved goes by description and date: --prove asks the streams "
                "themselves");
        text += fmt::format("took in {}, proved {}\n", report.taken, report.proved);
        print_result(common,
                     {{"inventory", rfc3339_utc(report.inventory)},
                      {"archives", std::move(archives)},
                      {"taken", report.taken},
                      {"proved", report.proved},
                      {"asked", report.asked},
                      {"waiting", report.waiting},
                      {"left", std::move(left)},
                      {"no_streams", report.no_streams}},
                     text);
    }

    ops::AdoptRequest request_;
    std::string tier_ = "standard";
    std::string prices_;
    std::string topic_;
    bool release_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_vault_adopt() { return std::make_unique<VaultAdopt>(); }

}  // namespace zg::cli
