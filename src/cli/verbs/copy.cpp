#include "ops/copy/copy.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "catalog/manifest.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/output/console.hpp"
#include "cli/output/thaw_plan.hpp"
#include "cli/verb.hpp"
#include "ops/backup/lock.hpp"
#include "ops/session.hpp"
#include "thaw/thaw.hpp"

namespace zg::cli {

namespace {

class Copy final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "copy"; }

    void define(Options& app) override {
        app.add_option("sources", sources_,
                       "Dataset, dataset@snapshot or archive id [all archives]\nOnly the archives "
                       "needed to restore it are copied")
            ->type_name("SOURCE");
        app.add_option("--from", from_, "The store to copy from, a URL as for --store")
            ->required()
            ->group(heading::store)
            ->type_name("URL");
        app.add_option("--to", to_, "The store to copy to; create it with zglacier init")
            ->required()
            ->group(heading::store)
            ->type_name("URL");
        app.add_option("--segment-size", segment_size_,
                       "Size of the segments into which another program's archive is cut")
            ->group(heading::tuning)
            ->capture_default_str()
            ->type_name("SIZE");
        add_tuning_options(app, "Folder for catalogs and locks");
        add_key_options(app);
        add_dry_run(app);
        flags_.define(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        ZG_CHECK(read_options(access));
        ZG_TRY(const auto from, open(world, access, from_));
        ZG_TRY(const auto to, open(world, access, to_));
        ZG_CHECK(thaw::check_tier(from->context(), flags_.tier));
        ZG_TRY(const ops::Lock lock,
               ops::Lock::take(to->context().machine.state_dir + "/locks",
                               to->context().archives.store_id + "-copy", "copy to " + to_));
        ZG_TRY(const ops::CopyPlan plan, ops::plan_copy(from->context(), to->context(), options_));
        ZG_TRY(const auto estimate, thaw::estimate(world, plan.thaw, flags_.prices));
        const bool question = plan.thaw.costs && plan.thaw.asks() && !flags_.yes && !common.dry_run;
        if (!common.quiet || question) fmt::print(stderr, "{}", plan_text(plan, estimate));
        ops::CopyReport report;
        if (!common.dry_run && !plan.archives.empty()) {
            ZG_TRY(const bool yes, agreed(flags_, plan.thaw));
            if (!yes) {
                console.info("nothing was requested, nothing was copied");
                return ExitCode::failed;
            }
            ZG_TRY(report, ops::copy_archives(from->context(), to->context(), plan, options_));
        }
        print_report(plan, report, estimate);
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

  private:
    Result<void> read_options(const ops::StoreAccess& access) {
        ZG_TRY(options_.thaw, flags_.choice(access));
        options_.wait = flags_.wait;
        ZG_TRY(options_.segments.segment_size, parse_size(segment_size_));
        for (const std::string& source : sources_)
            options_.sources.push_back({.text = source, .host = {}});
        return {};
    }

    Result<std::unique_ptr<ops::Session>> open(World& world, const ops::StoreAccess& access,
                                               const std::string& url) const {
        ops::SessionOptions options{
            .store = access, .state_dir = common.state_dir, .needs_state = true};
        options.store.url = url;
        ZG_TRY(options.keys, read_keys());
        if (!sources_.empty()) {
            ZG_TRY(
                options.store.url,
                ops::url_for_dataset(url, sources_.front().substr(0, sources_.front().find('@'))));
        }
        return ops::Session::open(world, options);
    }

    [[nodiscard]] std::string plan_text(const ops::CopyPlan& plan,
                                        const std::optional<thaw::Estimate>& estimate) const {
        std::string text = fmt::format("copy to {}:\n", to_);
        for (const catalog::Manifest& archive : plan.archives)
            text += fmt::format("  {}  {:<11}  {}@{}  {}\n", archive.archive_id,
                                archive.full() ? "full" : "incremental", archive.dataset,
                                archive.snapshot, format_size(archive.stored_size));
        text += fmt::format("  {} of {} archives are already there; {} to copy\n", plan.present,
                            plan.present + plan.archives.size(), format_size(plan.stored_bytes()));
        if (plan.removed > 0)
            text += fmt::format("  {} more {} removed from the other store, and {} not copied\n",
                                plan.removed, plan.removed == 1 ? "was" : "were",
                                plan.removed == 1 ? "is" : "are");
        return plan.archives.empty() ? text : text + thaw_text(plan.thaw, estimate);
    }

    void print_report(const ops::CopyPlan& plan, const ops::CopyReport& report,
                      const std::optional<thaw::Estimate>& estimate) const {
        Json archives = Json::array();
        for (const catalog::Manifest& archive : plan.archives)
            archives.push_back(archive_json(archive));
        std::string text;
        if (common.dry_run)
            text = "nothing was changed (dry run)\n";
        else if (plan.archives.empty())
            text = "nothing to do: all archives are already there\n";
        else if (report.waiting)
            text = fmt::format(
                "copied {} of {} archives; the rest is being thawed: run the same command "
                "again{}\n",
                report.copied, plan.archives.size(),
                report.retry_at ? fmt::format(" at {}", rfc3339_utc(*report.retry_at)) : " later");
        else
            text =
                fmt::format("copied {} archive{}\n", report.copied, report.copied == 1 ? "" : "s");
        print_result(
            common,
            {{"archives", std::move(archives)},
             {"present", plan.present},
             {"removed", plan.removed},
             {"bytes", plan.stored_bytes()},
             {"thaw", thaw_json(plan.thaw, estimate)},
             {"requested", report.asked},
             {"copied", report.copied},
             {"waiting", report.waiting},
             {"retry_at", report.retry_at ? Json(rfc3339_utc(*report.retry_at)) : Json(nullptr)}},
            text);
    }

    std::vector<std::string> sources_;
    std::string from_;
    std::string to_;
    std::string segment_size_ = "1GiB";
    ops::CopyOptions options_;
    ThawFlags flags_;
};

}  // namespace

std::unique_ptr<Verb> make_copy() { return std::make_unique<Copy>(); }

}  // namespace zg::cli
