#include "ops/thaw.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/output/console.hpp"
#include "cli/output/thaw_plan.hpp"
#include "cli/verb.hpp"
#include "ops/restore/restore.hpp"
#include "ops/session.hpp"
#include "thaw/thaw.hpp"

namespace zg::cli {

namespace {

std::string amount_text(const thaw::ThawAmount& amount) {
    return amount.segments == 0
               ? "-"
               : fmt::format("{} ({})", amount.segments, format_size(amount.bytes));
}

std::string times_text(const ops::ThawedArchive& row) {
    std::string text;
    if (row.thawing.segments > 0) {
        text = row.since ? "thawing since " + rfc3339_utc(*row.since)
                         : "thawing since an unknown time (not requested from this machine)";
        if (row.expected) text += ", expected by " + rfc3339_utc(*row.expected);
    }
    if (row.readable_until)
        text += fmt::format("{}readable until {}", text.empty() ? "" : "; ",
                            rfc3339_utc(*row.readable_until));
    if (row.missing > 0) text += fmt::format("{}{} MISSING", text.empty() ? "" : "; ", row.missing);
    return text;
}

std::string table(const ops::ThawReport& report) {
    if (report.archives.empty()) return "the store has no archives yet\n";
    std::string text = fmt::format("{:<27}{:<40}{:>18}{:>18}{:>18}  {}\n", "ARCHIVE", "SNAPSHOT",
                                   "COLD", "THAWING", "READABLE", "WHEN");
    for (const ops::ThawedArchive& row : report.archives)
        text += fmt::format("{:<27}{:<40}{:>18}{:>18}{:>18}  {}\n", row.archive.archive_id,
                            row.archive.dataset + "@" + row.archive.snapshot, amount_text(row.cold),
                            amount_text(row.thawing), amount_text(row.readable), times_text(row));
    return text + fmt::format("{:<67}{:>18}{:>18}{:>18}\n", "total", amount_text(report.cold),
                              amount_text(report.thawing), amount_text(report.readable));
}

Json time_json(const std::optional<TimePoint>& time) {
    return time ? Json(rfc3339_utc(*time)) : Json(nullptr);
}

Json row_json(const ops::ThawedArchive& row) {
    const auto amount = [](const thaw::ThawAmount& of) {
        return Json{{"segments", of.segments}, {"bytes", of.bytes}};
    };
    Json json = archive_json(row.archive);
    json["cold"] = amount(row.cold);
    json["thawing"] = amount(row.thawing);
    json["readable"] = amount(row.readable);
    json["missing"] = row.missing;
    json["thawing_since"] = time_json(row.since_unknown ? std::nullopt : row.since);
    json["expected"] = time_json(row.expected);
    json["readable_until"] = time_json(row.readable_until);
    return json;
}

class Thaw final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "thaw"; }

    void define(Options& app) override {
        app.add_option("source", source_.text,
                       "Dataset, dataset@snapshot or archive id [all archives]\nOnly the archives "
                       "needed to restore it are considered")
            ->type_name("SOURCE");
        add_store_options(app);
        add_key_options(app);
        add_dry_run(app);
        app.add_flag("--request", request_, "Request the thaw of all that is cold");
        app.add_option("--host", source_.host, "Only archives of this host")
            ->group(heading::selection)
            ->type_name("NAME");
        flags_.define(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        ZG_TRY(const thaw::ThawChoice choice, flags_.choice(access));
        ZG_TRY(const auto session, open_session(world, false, source_.text));
        ZG_TRY(ops::PlannedThaw planned, ops::plan_thaw(session->context(), source_, choice));
        const thaw::ThawPlan& plan = planned.plan;
        // The cost of a thaw is shown even if none is requested.
        ZG_TRY(const auto estimate, thaw::estimate(world, plan, flags_.prices));
        const bool request = request_ && !common.dry_run;
        if (plan.asks() && (!common.quiet || (request && !flags_.yes)))
            fmt::print(stderr, "{}\n{}",
                       request_
                           ? "thaw:"
                           : "what it would cost to thaw and download everything (request it with "
                             "--request):",
                       thaw_text(plan, estimate));
        if (request) {
            ZG_TRY(const bool yes, agreed(flags_, plan));
            if (!yes) {
                console.info("nothing was requested");
                return ExitCode::failed;
            }
        }
        const Json before = thaw_json(plan, estimate);
        ZG_TRY(const ops::ThawReport report,
               ops::carry_out_thaw(session->context(), std::move(planned), request,
                                   flags_.wait && !common.dry_run));
        print_report(report, before);
        return report.waiting ? ExitCode::waiting : ExitCode::done;
    }

  private:
    void print_report(const ops::ThawReport& report, const Json& before) const {
        Json list = Json::array();
        for (const ops::ThawedArchive& row : report.archives) list.push_back(row_json(row));
        std::string text = table(report);
        if (report.asked > 0)
            text += fmt::format("requested the thaw of {} segment{}\n", report.asked,
                                report.asked == 1 ? "" : "s");
        if (report.waiting)
            text +=
                fmt::format("the thaw is not done yet; expected{}\n",
                            report.retry_at ? " at " + rfc3339_utc(*report.retry_at) : " later");
        print_result(common,
                     {{"archives", std::move(list)},
                      {"thaw", before},
                      {"requested", report.asked},
                      {"waiting", report.waiting},
                      {"retry_at", time_json(report.retry_at)}},
                     text);
    }

    ops::RestoreSource source_;
    ThawFlags flags_;
    bool request_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_thaw() { return std::make_unique<Thaw>(); }

}  // namespace zg::cli
