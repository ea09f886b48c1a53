#include "ops/backup/backup.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "catalog/manifest.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/backup/send_plan.hpp"
#include "ops/keys.hpp"
#include "ops/session.hpp"
#include "zfs/command.hpp"

namespace zg::cli {

namespace {

using Outcome = ops::BackupReport::Outcome;

std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::stored:
            return "stored";
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::dry_run:
            return "dry_run";
    }
    return "";
}

Json report_json(const ops::BackupReport& report) {
    Json json = {{"dataset", report.dataset},
                 {"outcome", outcome_name(report.outcome)},
                 {"reason", report.reason},
                 {"snapshot", report.snapshot.empty() ? Json(nullptr) : Json(report.snapshot)},
                 {"base", report.base ? Json(*report.base) : Json(nullptr)},
                 {"send_flags", report.send_flags},
                 {"compression", report.compression_text()},
                 {"encryption", report.encryption_text()},
                 {"resumed", report.resumed}};
    if (!report.removals.empty()) json["removals"] = report.removals;
    if (report.archive) json["archive"] = archive_json(*report.archive);
    if (report.outcome == Outcome::dry_run) {
        json["estimate"] = report.estimate ? Json(*report.estimate) : Json(nullptr);
        json["memory"] = report.memory;
    }
    return json;
}

std::string outcome_text(const ops::BackupReport& report) {
    if (report.outcome == Outcome::unchanged)
        return fmt::format("{}: nothing to do: {}\n", report.dataset, report.reason);
    if (report.outcome == Outcome::dry_run) {
        const std::string what =
            report.resumed
                ? fmt::format(
                      "would start by {}, and then store what has changed since its snapshot",
                      report.reason)
                : fmt::format("would store {} archive ({})",
                              report.base ? "an incremental" : "a full", report.reason);
        return fmt::format(
            "{}: {}; zfs send {}; compression {}{}{}; at most {} of memory\n", report.dataset, what,
            report.send_flags, report.compression_text(), report.encrypted ? ", encrypted" : "",
            report.estimate ? fmt::format("; about {} to send", format_size(*report.estimate)) : "",
            format_size(report.memory));
    }
    const catalog::Manifest& archive = *report.archive;
    return fmt::format("{}: stored {} as {} archive {}: {} sent, {} stored in {} segment{}\n",
                       report.dataset, report.snapshot, archive.full() ? "full" : "incremental",
                       archive.archive_id, format_size(archive.stream_size),
                       format_size(archive.stored_size), archive.segments.size(),
                       archive.segments.size() == 1 ? "" : "s");
}

std::string report_text(const ops::BackupReport& report) {
    std::string text = outcome_text(report);
    for (const std::string& removal : report.removals)
        text += fmt::format("{}: would remove what is left of {}\n", report.dataset, removal);
    return text;
}

class Backup final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "backup"; }

    void define(Options& app) override {
        app.add_option("datasets", datasets_, "Filesystems or volumes, pool/path")
            ->required()
            ->type_name("DATASET");
        add_store_options(app);
        add_dry_run(app);
        app.add_option("--snapshot", snapshot_,
                       "Store this snapshot instead of taking one\nNAME is the part after the @")
            ->type_name("NAME");
        app.add_flag("--full", options_.full, "Store a full archive, not an incremental one");
        app.add_flag("--restart", options_.restart,
                     "Discard an unfinished archive instead of resuming it");
        app.add_option("--keep-snapshots", options_.keep_snapshots,
                       "How many snapshots taken by zglacier to keep")
            ->capture_default_str()
            ->type_name("N");
        app.add_option("--compression", compression_,
                       fmt::format("auto, none, {}\nauto means none if zfs sends raw or compressed "
                                   "blocks",
                                   ops::compression_forms()))
            ->capture_default_str()
            ->type_name("METHOD");
        define_encryption(app);
        define_sizes(app);
        define_send_flags(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_CHECK(read_options());
        ZG_TRY(const auto zfs, zfs::open_zfs(zfs_program(world.environment), world.environment,
                                             world.clock, world.steps));
        Json results = Json::array();
        Json errors = Json::array();
        std::string text;
        ExitCode code = ExitCode::done;
        std::unique_ptr<ops::Session> session;
        for (const std::string& dataset : datasets_) {
            options_.dataset = dataset;
            auto report = [&]() -> Result<ops::BackupReport> {
                // One store for all, or a vault for each.
                if (!session || ops::is_named_by_dataset(common.store.url)) {
                    ZG_TRY(session, open_or_make(dataset, world, console));
                }
                return ops::backup(session->context(), *zfs, options_);
            }();
            // If the only store cannot be opened, no other dataset can be backed up either.
            if (!report && !session) return fail(std::move(report.error()));
            if (report) {
                results.push_back(report_json(*report));
                text += report_text(*report);
                continue;
            }
            console.error(report.error());
            errors.push_back({{"dataset", dataset},
                              {"kind", kind_name(report.error().kind)},
                              {"message", report.error().message()},
                              {"hint", report.error().hint}});
            code = exit_code(report.error().kind);
        }
        if (!errors.empty() && datasets_.size() > 1 && !results.empty())
            code = ExitCode::some_failed;
        print_result(common, {{"results", std::move(results)}, {"errors", std::move(errors)}},
                     text);
        return code;
    }

  private:
    void define_encryption(Options& app) {
        app.add_option("--recipient", options_.encryption.recipients,
                       "Encrypt to this age recipient, not the store's\nMay be given several times")
            ->one_value()
            ->group(heading::keys)
            ->type_name("RECIPIENT");
        app.add_option(
               "--passphrase-file", passphrase_file_,
               "Encrypt with the passphrase in this file\nThe passphrase is the first line of "
               "the file")
            ->group(heading::keys)
            ->type_name("FILE");
    }

    void define_sizes(Options& app) {
        app.add_option("--segment-size", segment_size_, "Size of a segment (one stored object)")
            ->group(heading::tuning)
            ->capture_default_str()
            ->type_name("SIZE");
        app.add_option("--part-size", part_size_,
                       "Size of one upload request; memory use grows with it")
            ->group(heading::tuning)
            ->capture_default_str()
            ->type_name("SIZE");
    }

    void define_send_flags(Options& app) {
        add_choice(app, "--props,!--no-props", options_.send.properties,
                   "Include properties (zfs send -p)");
        add_choice(app, "--large-blocks,!--no-large-blocks", options_.send.large_blocks,
                   "Send large blocks (zfs send -L)");
        add_choice(app, "--embedded,!--no-embedded", options_.send.embedded,
                   "Send embedded blocks (zfs send -e); off by default");
        add_choice(app, "--compressed,!--no-compressed", options_.send.compressed,
                   "Send blocks compressed as on disk (zfs send -c)");
        add_choice(app, "--raw,!--no-raw", options_.send.raw,
                   "Send an encrypted dataset raw, without its key (zfs send -w)");
    }

    /// Creates a missing vault, as the first backup of a dataset has always done.
    Result<std::unique_ptr<ops::Session>> open_or_make(const std::string& dataset, World& world,
                                                       Console& console) const {
        ZG_TRY(ops::SessionOptions options, session_options(true, dataset));
        options.encryption = options_.encryption;
        auto session = ops::Session::open(world, options);
        const bool missing = !session && (session.error().kind == ErrorKind::usage ||
                                          session.error().kind == ErrorKind::not_found);
        if (!missing || common.dry_run || !ops::is_made_by_backup(options.store.url))
            return session;
        ZG_TRY(const ops::MadeStore made, ops::make_store(world, options, false));
        if (made.made)
            console.info(fmt::format("created store {} at {}", made.id, options.store.url));
        return ops::Session::open(world, options);
    }

    static void add_choice(Options& app, const std::string& names, ops::Choice& choice,
                           const std::string& help) {
        const auto take = [&choice](std::int64_t count) {
            choice = count > 0 ? ops::Choice::on : ops::Choice::off;
        };
        app.add_flag(names, take, help)->group(heading::stream);
    }

    Result<void> read_options() {
        if (!snapshot_.empty()) options_.snapshot = snapshot_;
        options_.dry_run = common.dry_run;
        ZG_TRY(options_.compression, ops::parse_compression(compression_));
        if (!passphrase_file_.empty()) {
            ZG_TRY(options_.encryption.passphrase, ops::read_passphrase(passphrase_file_));
        }
        ZG_TRY(options_.segment_size, parse_size(segment_size_));
        ZG_TRY(options_.part_size, parse_size(part_size_));
        return {};
    }

    std::vector<std::string> datasets_;
    std::string snapshot_;
    std::string passphrase_file_;
    std::string compression_ = "auto";
    std::string segment_size_ = exact_size(ops::BackupOptions{}.segment_size);
    std::string part_size_ = exact_size(ops::BackupOptions{}.part_size);
    ops::BackupOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_backup() { return std::make_unique<Backup>(); }

}  // namespace zg::cli
