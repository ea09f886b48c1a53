#include "job/restore.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/archive_json.hpp"
#include "cli/thaw_plan.hpp"
#include "job/fetch.hpp"
#include "job/files.hpp"

namespace zg::cli {

namespace {

std::string plan_text(const job::RestorePlan& plan, const std::string& target, const std::optional<job::Estimate>& estimate) {
    std::string text = fmt::format("{}:\n", target);
    for (std::size_t i = 0; i < plan.chain.size(); ++i) {
        const catalog::Manifest& archive = plan.chain[i];
        text += fmt::format("  {}  {:<11}  {:<26}  {:>10}  {}\n", archive.archive_id, archive.full() ? "full" : "incremental", "@" + archive.snapshot,
                            format_size(archive.stored_size), i < plan.already_there ? "the target has it" : "to be received");
    }
    text += fmt::format("  {} to fetch, {} to receive\n", format_size(plan.stored_bytes()), format_size(plan.stream_bytes()));
    return text + thaw_text(plan.thaw, estimate);
}

class Restore final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {.name = "restore",
                .brief = "Bring a dataset back",
                .description =
                    "Restores the newest snapshot of a dataset, or the one named, into TARGET: the full archive and the incrementals that lead to it are fetched, verified, and "
                    "received in order by zfs receive -u. The plan is shown first. Archives that the target has already are skipped, so that a restore that was cut off goes on when the "
                    "same command is run again. The restored dataset is not mounted: see zfs mount.\n\n"
                    "A target that exists and is not part of the chain is refused without --force. A damaged segment is refused with exit code 5 before zfs receive could "
                    "commit anything of its archive.\n\n"
                    "Where segments are cold their thaw is asked for, all at once, and the command ends with exit code 75: run it again later, on any machine, and it goes on; or give --wait. "
                    "Each archive is received as soon as it is readable, while later ones still thaw.\n\n" +
                    thaw_manual_text() + "\n\n"
                    "With --output - the stream of one archive is written to standard output instead, so that it can be piped anywhere.",
                .json = "target: the dataset\nplan: the archives in order, each with already_there\nfetch_bytes, receive_bytes: still to be fetched and received\n"
                        "cold: number of segments to thaw first\n" +
                        thaw_json_text() +
                        "asked: segments whose thaw was asked for\nreceived: archives received\nwaiting: true where the thaw is not done\n"
                        "come_back: time at which it should be done, or null\n" +
                        archive_json_text(),
                .examples = "zglacier restore --store dir:/backup vat/testfs vat/restorefs # the newest snapshot\n"
                            "zglacier restore --store dir:/backup vat/testfs@monthly tank/old # one snapshot, into another pool\n"
                            "zglacier restore --store s3://bucket/fileserver --dry-run vat/testfs vat/restorefs # what it takes and costs, without asking for anything\n"
                            "zglacier restore --store s3://bucket/fileserver --tier bulk --yes --wait vat/testfs vat/restorefs # the cheapest way, and wait for it\n"
                            "zglacier restore --store dir:/backup --output - vat/testfs@monthly | ssh other zfs receive tank/old # one archive as a stream"};
    }

    void define(CLI::App& app) override {
        app.add_option("source", options_.source.text, "Dataset, dataset@snapshot, or archive id")->required()->type_name("SOURCE");
        app.add_option("target", options_.target, "Dataset to restore into; its parent must exist")->type_name("TARGET");
        add_store_options(app);
        add_dry_run(app);
        app.add_flag("--force", options_.force, "Overwrite what the target has (zfs receive -F)");
        app.add_option("--host", options_.source.host, "Only archives of this host")->type_name("NAME");
        app.add_option("-o,--set", options_.set, "Set this property on the restored dataset (zfs receive -o)")->allow_extra_args(false)->type_name("PROPERTY=VALUE");
        app.add_option("-x,--exclude", options_.exclude, "Do not restore this property (zfs receive -x)")->allow_extra_args(false)->type_name("PROPERTY");
        app.add_option("--output", output_, "With -, write the archive's stream to standard output and receive nothing")->type_name("-");
        flags_.define(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_CHECK(check_options());
        ZG_TRY(const auto session, open_session(world, console, false, options_.source.text));
        job::Context& context = session->context();
        ZG_CHECK(job::check_tier(context, flags_.tier));
        ZG_TRY(const job::ArchiveView view, job::look_at_store(context));
        if (!output_.empty()) return write_stream(context, view, console);
        ZG_TRY(const zfs::Zfs zfs, zfs::Zfs::open(zfs_program(), world.steps));
        ZG_TRY(const job::RestorePlan plan, job::plan_restore(context, zfs, view, options_));
        ZG_TRY(const auto estimate, job::estimate(plan.thaw, flags_.prices, context.clock.now()));
        show(plan.thaw, plan_text(plan, options_.target, estimate));
        job::RestoreReport report;
        if (!common.dry_run) {
            ZG_TRY(const bool yes, agreed(flags_, plan.thaw));
            if (!yes) return declined(console);
            ZG_TRY(report, job::restore(context, zfs, plan, options_));
        }
        tell(plan, report, estimate, console);
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

  private:
    Result<void> check_options() {
        ZG_TRY(const job::StoreAccess access, store_access());
        ZG_TRY(options_.thaw, flags_.choice(access));
        options_.wait = flags_.wait;
        if (output_.empty() == options_.target.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = output_.empty() ? "there is no target" : "--output - takes no target",
                         .hint = "zglacier restore SOURCE TARGET, or zglacier restore --output - SOURCE"});
        if (!output_.empty() && output_ != "-")
            return fail({.kind = ErrorKind::usage, .what = "--output takes only -", .hint = "write to a file with --output - > FILE"});
        return {};
    }

    /// The plan is shown even with --quiet where a question follows.
    void show(const job::ThawPlan& thaw, const std::string& text) const {
        const bool question = thaw.costs && thaw.asks() && !flags_.yes && !common.dry_run;
        if (!common.quiet || question) fmt::print(stderr, "{}", text);
    }

    static ExitCode declined(Console& console) {
        console.info("nothing was asked for, nothing was changed");
        return ExitCode::failed;
    }

    Result<ExitCode> write_stream(job::Context& context, const job::ArchiveView& view, Console& console) {
        ZG_TRY(const std::size_t index, job::find_archive(view, options_.source));
        const catalog::Manifest& archive = view.archives[index];
        ZG_TRY(const job::ThawPlan plan, job::plan_thaw(context, std::span(&archive, 1), options_.thaw));
        ZG_TRY(const auto estimate, job::estimate(plan, flags_.prices, context.clock.now()));
        console.info(fmt::format("archive {}: {}@{}, {}", archive.archive_id, archive.dataset, archive.snapshot,
                                 archive.full() ? "a full stream" : fmt::format("incremental from the snapshot with guid {}", archive.from_guid)));
        show(plan, thaw_text(plan, estimate));
        if (common.dry_run) return ExitCode::done;
        ZG_TRY(const bool yes, agreed(flags_, plan));
        if (!yes) return declined(console);
        ZG_TRY(const auto out, job::open_standard_output());
        ZG_TRY(const job::RestoreReport report, job::restore_stream(context, archive, plan, flags_.wait, *out));
        if (report.waiting) console.info(waiting_text(report));
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

    static std::string waiting_text(const job::RestoreReport& report) {
        const std::string what = report.asked > 0 ? fmt::format("the thaw of {} segment{} was asked for", report.asked, report.asked == 1 ? "" : "s")
                                                  : "the thaw was asked for before and is not done yet";
        return fmt::format("{}; run the same command again{}", what, report.come_back ? fmt::format(" at {}", rfc3339_utc(*report.come_back)) : " later");
    }

    void tell(const job::RestorePlan& plan, const job::RestoreReport& report, const std::optional<job::Estimate>& estimate, Console& console) const {
        Json archives = Json::array();
        for (std::size_t i = 0; i < plan.chain.size(); ++i) {
            archives.push_back(archive_json(plan.chain[i]));
            archives.back()["already_there"] = i < plan.already_there;
        }
        std::string text;
        if (report.waiting)
            text = (report.received > 0 ? fmt::format("received {} of {} archives; ", plan.already_there + report.received, plan.chain.size()) : "") + waiting_text(report) + "\n";
        else if (common.dry_run)
            text = "nothing was changed (dry run)\n";
        else if (report.received == 0)
            text = fmt::format("{}: nothing to do: it has {}@{} already\n", options_.target, options_.target, plan.chain.back().snapshot);
        else
            text = fmt::format("restored {}@{}\n", options_.target, plan.chain.back().snapshot);
        if (report.received > 0 && !report.waiting && !common.quiet) {
            const std::string mount = fmt::format("{}zfs mount {}", plan.chain.back().raw ? fmt::format("zfs load-key {} && ", options_.target) : "", options_.target);
            if (report.mountpoint.empty())
                console.hint(fmt::format("it is not mounted: {}", mount));
            else
                console.hint(fmt::format("it is not mounted; its mountpoint is {}: make sure that nothing else is there (zfs set mountpoint=…), then: {}",
                                         report.mountpoint, mount));
        }
        print_result(common,
                     {{"target", options_.target},
                      {"plan", std::move(archives)},
                      {"fetch_bytes", plan.stored_bytes()},
                      {"receive_bytes", plan.stream_bytes()},
                      {"cold", plan.thaw.amount(store::Temperature::cold).segments},
                      {"thaw", thaw_json(plan.thaw, estimate)},
                      {"asked", report.asked},
                      {"received", report.received},
                      {"waiting", report.waiting},
                      {"come_back", report.come_back ? Json(rfc3339_utc(*report.come_back)) : Json(nullptr)}},
                     text);
    }

    job::RestoreOptions options_;
    ThawFlags flags_;
    std::string output_;
};

}  // namespace

std::unique_ptr<Verb> make_restore() { return std::make_unique<Restore>(); }

}  // namespace zg::cli
