#include "ops/restore/restore.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "catalog/manifest.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/output/console.hpp"
#include "cli/output/spool.hpp"
#include "cli/output/thaw_plan.hpp"
#include "cli/verb.hpp"
#include "ops/session.hpp"
#include "thaw/thaw.hpp"
#include "zfs/command.hpp"

namespace zg::cli {

namespace {

std::string state_text(const ops::RestorePlan& plan, std::size_t i) {
    if (i < plan.present) return "already there";
    if (i > plan.present || !plan.resume) return "to receive";
    return fmt::format("to resume in segment {} of {}", plan.segments_there() + 1,
                       plan.chain[i].segments.size());
}

std::string plan_text(const ops::RestorePlan& plan, const std::string& target,
                      const std::optional<thaw::Estimate>& estimate) {
    std::string text = fmt::format("{}:\n", target);
    for (std::size_t i = 0; i < plan.chain.size(); ++i) {
        const catalog::Manifest& archive = plan.chain[i];
        text += fmt::format("  {}  {:<11}  {:<26}  {:>10}  {}\n", archive.archive_id,
                            archive.full() ? "full" : "incremental", "@" + archive.snapshot,
                            format_size(archive.stored_size), state_text(plan, i));
    }
    if (!plan.drops.empty())
        text += fmt::format("  a partly received stream in the target will be discarded: {}\n",
                            plan.drops);
    text += fmt::format("  {} to download, {} to receive\n", format_size(plan.stored_bytes()),
                        format_size(plan.stream_bytes()));
    return text + thaw_text(plan.thaw, estimate);
}

class Restore final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "restore"; }

    void define(Options& app) override {
        app.add_option("source", options_.source.text, "Dataset, dataset@snapshot, or archive id")
            ->required()
            ->type_name("SOURCE");
        app.add_option("target", options_.target, "Dataset to restore into; its parent must exist")
            ->type_name("TARGET");
        add_store_options(app);
        add_key_options(app);
        add_dry_run(app);
        app.add_flag("--force", options_.force,
                     "Overwrite an existing target (zfs receive -F and -A)");
        app.add_option("--output", output_, "With -, write the stream to standard output instead")
            ->type_name("-");
        app.add_option("--spool", spool_,
                       "Download and verify everything into this folder first\nWithout TARGET, the "
                       "command ends there")
            ->type_name("DIR");
        app.add_option("--host", options_.source.host, "Only archives of this host")
            ->group(heading::selection)
            ->type_name("NAME");
        app.add_option("-o,--set", options_.set,
                       "Set this property on the restored dataset (zfs receive -o)")
            ->one_value()
            ->group(heading::stream)
            ->type_name("PROPERTY=VALUE");
        app.add_option("-x,--exclude", options_.exclude,
                       "Do not restore this property (zfs receive -x)")
            ->one_value()
            ->group(heading::stream)
            ->type_name("PROPERTY");
        flags_.define(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_CHECK(check_options());
        ZG_TRY(const auto session, open_session(world, false, options_.source.text));
        ZG_CHECK(thaw::check_tier(session->context(), flags_.tier));
        return spool_.empty() ? restore_from(world, *session, console)
                              : restore_spooled(world, *session, console);
    }

  private:
    Result<ExitCode> restore_spooled(World& world, ops::Session& store, Console& console) {
        SpoolRequest request{.folder = spool_,
                             .session = {},
                             .copy = {.sources = {options_.source},
                                      .thaw = options_.thaw,
                                      .wait = flags_.wait,
                                      .segments = {}},
                             .dry_run = common.dry_run,
                             .quiet = common.quiet};
        ZG_TRY(request.session, session_options(false, options_.source.text));
        ZG_TRY(const Spooled spooled, spool(request, flags_, world, console, store));
        if (spooled.declined) return declined(console);
        if (spooled.report.waiting) {
            console.info(fmt::format(
                "downloaded {} archive{}; the rest is being thawed: run the same command again{}",
                spooled.report.copied, spooled.report.copied == 1 ? "" : "s",
                spooled.report.retry_at
                    ? fmt::format(" at {}", rfc3339_utc(*spooled.report.retry_at))
                    : " later"));
            return ExitCode::waiting;
        }
        if (!options_.target.empty() && spooled.session)
            return restore_from(world, *spooled.session, console);
        const std::string next =
            fmt::format("zglacier restore --store dir:{} {} TARGET", spool_, options_.source.text);
        print_result(
            common, {{"spool", spool_}, {"fetched", spooled.report.copied}, {"next", next}},
            common.dry_run
                ? "nothing was changed (dry run)\n"
                : fmt::format("{} has everything that is needed. To restore: {}\n", spool_, next));
        return ExitCode::done;
    }

    Result<ExitCode> restore_from(World& world, ops::Session& session, Console& console) {
        if (!output_.empty()) return write_stream(world, session, console);
        ZG_TRY(const auto zfs, zfs::open_zfs(zfs_program(world.environment), world.environment,
                                             world.clock, world.steps));
        ZG_TRY(const ops::RestorePlan plan, ops::plan_restore(session.context(), *zfs, options_));
        ZG_TRY(const auto estimate, thaw::estimate(world, plan.thaw, flags_.prices));
        show(plan.thaw, plan_text(plan, options_.target, estimate));
        ops::RestoreReport report;
        if (!common.dry_run) {
            ZG_TRY(const bool yes, agreed(flags_, plan.thaw));
            if (!yes) return declined(console);
            ZG_TRY(report, ops::restore(session.context(), *zfs, plan, options_));
        }
        print_report(plan, report, estimate, console);
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

    Result<void> check_options() {
        ZG_TRY(const ops::StoreAccess access, store_access());
        ZG_TRY(options_.thaw, flags_.choice(access));
        options_.wait = flags_.wait;
        if (!spool_.empty() && !output_.empty())
            return fail(
                {.kind = ErrorKind::usage,
                 .what = "--spool and --output cannot be given together",
                 .hint = "run --spool first, then restore --store dir:DIR --output - SOURCE"});
        if (spool_.empty() && output_.empty() == options_.target.empty())
            return fail(
                {.kind = ErrorKind::usage,
                 .what = output_.empty() ? "missing argument TARGET" : "--output - takes no target",
                 .hint = "zglacier restore SOURCE TARGET, or zglacier restore --output - SOURCE"});
        if (!output_.empty() && output_ != "-")
            return fail({.kind = ErrorKind::usage,
                         .what = "--output takes only -",
                         .hint = "write to a file with --output - > FILE"});
        return {};
    }

    /// The plan is shown even with --quiet if a question follows.
    void show(const thaw::ThawPlan& thaw, const std::string& text) const {
        const bool question = thaw.costs && thaw.asks() && !flags_.yes && !common.dry_run;
        if (!common.quiet || question) fmt::print(stderr, "{}", text);
    }

    static ExitCode declined(Console& console) {
        console.info("nothing was requested, nothing was changed");
        return ExitCode::failed;
    }

    Result<ExitCode> write_stream(World& world, ops::Session& session, Console& console) {
        ZG_TRY(const ops::StreamPlan plan, ops::plan_stream(session.context(), options_));
        const catalog::Manifest& archive = plan.archive;
        ZG_TRY(const auto estimate, thaw::estimate(world, plan.thaw, flags_.prices));
        console.info(fmt::format(
            "archive {}: {}@{}, {}", archive.archive_id, archive.dataset, archive.snapshot,
            archive.full()
                ? "a full stream"
                : fmt::format("incremental from the snapshot with guid {}", archive.from_guid)));
        show(plan.thaw, thaw_text(plan.thaw, estimate));
        if (common.dry_run) return ExitCode::done;
        ZG_TRY(const bool yes, agreed(flags_, plan.thaw));
        if (!yes) return declined(console);
        ZG_TRY(const auto out, open_standard_output());
        ZG_TRY(const ops::RestoreReport report,
               ops::restore_stream(session.context(), archive, plan.thaw, flags_.wait, *out));
        if (report.waiting) console.info(waiting_text(report));
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

    static std::string waiting_text(const ops::RestoreReport& report) {
        const std::string what = report.asked > 0
                                     ? fmt::format("requested the thaw of {} segment{}",
                                                   report.asked, report.asked == 1 ? "" : "s")
                                     : "the thaw was requested earlier and is not done yet";
        return fmt::format(
            "{}; run the same command again{}", what,
            report.retry_at ? fmt::format(" at {}", rfc3339_utc(*report.retry_at)) : " later");
    }

    void print_report(const ops::RestorePlan& plan, const ops::RestoreReport& report,
                      const std::optional<thaw::Estimate>& estimate, Console& console) const {
        Json archives = Json::array();
        for (std::size_t i = 0; i < plan.chain.size(); ++i) {
            archives.push_back(archive_json(plan.chain[i]));
            archives.back()["present"] = i < plan.present;
            archives.back()["resumes"] = plan.resume && i == plan.present;
        }
        std::string text;
        if (report.waiting)
            text = (report.received > 0
                        ? fmt::format("received {} of {} archives; ",
                                      plan.present + report.received, plan.chain.size())
                        : "") +
                   waiting_text(report) + "\n";
        else if (common.dry_run)
            text = "nothing was changed (dry run)\n";
        else if (report.received == 0)
            text = fmt::format("{}: nothing to do: {}@{} exists already\n", options_.target,
                               options_.target, plan.chain.back().snapshot);
        else
            text = fmt::format("restored {}@{}\n", options_.target, plan.chain.back().snapshot);
        if (report.received > 0 && !report.waiting && !common.quiet) {
            const std::string mount = fmt::format(
                "{}zfs mount {}",
                plan.chain.back().raw ? fmt::format("zfs load-key {} && ", options_.target) : "",
                options_.target);
            if (report.mountpoint.empty())
                console.hint(fmt::format("the dataset is not mounted; to mount it: {}", mount));
            else
                console.hint(fmt::format(
                    "the dataset is not mounted; its mountpoint is {}: make sure that nothing "
                    "else is mounted there, or change it (zfs set mountpoint=…); to mount "
                    "it: {}",
                    report.mountpoint, mount));
        }
        print_result(
            common,
            {{"target", options_.target},
             {"plan", std::move(archives)},
             {"fetch_bytes", plan.stored_bytes()},
             {"receive_bytes", plan.stream_bytes()},
             {"cold", plan.thaw.amount(thaw::Temperature::cold).segments},
             {"thaw", thaw_json(plan.thaw, estimate)},
             {"requested", report.asked},
             {"received", report.received},
             {"waiting", report.waiting},
             {"retry_at", report.retry_at ? Json(rfc3339_utc(*report.retry_at)) : Json(nullptr)}},
            text);
    }

    ops::RestoreOptions options_;
    ThawFlags flags_;
    std::string output_;
    std::string spool_;
};

}  // namespace

std::unique_ptr<Verb> make_restore() { return std::make_unique<Restore>(); }

}  // namespace zg::cli
