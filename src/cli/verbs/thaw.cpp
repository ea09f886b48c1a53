#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/output/thaw_plan.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/watch.hpp"

namespace zg::cli {

namespace {

using store::Temperature;

/// One archive's segments together.
struct Row {
    thaw::ThawAmount cold, thawing, readable;
    std::size_t missing = 0;
    bool since_unknown = false;         ///< a segment is being thawed, nobody knows since when
    std::optional<TimePoint> since;     ///< the earliest that is known
    std::optional<TimePoint> expected;  ///< the latest
    std::optional<TimePoint> readable_until;  ///< the earliest
};

void add(thaw::ThawAmount& to, const thaw::ThawSegment& segment) {
    to = {to.segments + 1, to.bytes + segment.size};
}

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

std::vector<Row> rows_of(const thaw::ThawPlan& plan) {
    std::vector<Row> rows(plan.archives);
    for (const thaw::ThawSegment& segment : plan.segments) {
        Row& row = rows[segment.archive];
        if (segment.missing) {
            ++row.missing;
        } else if (segment.is(Temperature::cold)) {
            add(row.cold, segment);
        } else if (segment.is(Temperature::thawing)) {
            add(row.thawing, segment);
            row.since = earlier(row.since, segment.asked);
            row.since_unknown = row.since_unknown || !segment.asked;
            row.expected = std::max(row.expected, segment.expected);
        } else {
            add(row.readable, segment);
            row.readable_until = earlier(row.readable_until, segment.state.readable_until);
        }
    }
    return rows;
}

std::string amount_text(const thaw::ThawAmount& amount) {
    return amount.segments == 0
               ? "-"
               : fmt::format("{} ({})", amount.segments, format_size(amount.bytes));
}

std::string times_text(const Row& row) {
    std::string text;
    if (row.thawing.segments > 0) {
        text = row.since ? "thawing since " + rfc3339_utc(*row.since)
                         : "thawing since an unknown time (not asked for from here)";
        if (row.expected) text += ", expected by " + rfc3339_utc(*row.expected);
    }
    if (row.readable_until)
        text += fmt::format("{}readable until {}", text.empty() ? "" : "; ",
                            rfc3339_utc(*row.readable_until));
    if (row.missing > 0) text += fmt::format("{}{} MISSING", text.empty() ? "" : "; ", row.missing);
    return text;
}

std::string table(const std::vector<catalog::Manifest>& archives, const std::vector<Row>& rows,
                  const thaw::ThawPlan& plan) {
    if (archives.empty()) return "the store holds no archive yet\n";
    std::string text = fmt::format("{:<27}{:<40}{:>18}{:>18}{:>18}  {}\n", "ARCHIVE", "SNAPSHOT",
                                   "COLD", "THAWING", "READABLE", "WHEN");
    for (std::size_t i = 0; i < archives.size(); ++i)
        text += fmt::format("{:<27}{:<40}{:>18}{:>18}{:>18}  {}\n", archives[i].archive_id,
                            archives[i].dataset + "@" + archives[i].snapshot,
                            amount_text(rows[i].cold), amount_text(rows[i].thawing),
                            amount_text(rows[i].readable), times_text(rows[i]));
    const auto sum = [&](Temperature temperature) { return amount_text(plan.amount(temperature)); };
    return text + fmt::format("{:<67}{:>18}{:>18}{:>18}\n", "total", sum(Temperature::cold),
                              sum(Temperature::thawing), sum(Temperature::hot));
}

Json time_json(const std::optional<TimePoint>& time) {
    return time ? Json(rfc3339_utc(*time)) : Json(nullptr);
}

Json row_json(const catalog::Manifest& archive, const Row& row) {
    const auto amount = [](const thaw::ThawAmount& of) {
        return Json{{"segments", of.segments}, {"bytes", of.bytes}};
    };
    Json json = archive_json(archive);
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
        app.add_option(
               "source", source_.text,
               "Dataset, dataset@snapshot, or archive id: only the archives that its restore needs")
            ->type_name("SOURCE");
        add_store_options(app);
        add_key_options(app);
        add_dry_run(app);
        app.add_option("--host", source_.host, "Only archives of this host")->type_name("NAME");
        app.add_flag("--request", request_, "Ask for the thaw of what is cold");
        flags_.define(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        ZG_TRY(const thaw::ThawChoice choice, flags_.choice(access));
        ZG_TRY(const auto session, open_session(world, console, false, source_.text));
        ops::Context& context = session->context();
        ZG_CHECK(thaw::check_tier(context, flags_.tier));
        ZG_TRY(const std::vector<catalog::Manifest> archives, wanted(context));
        ZG_TRY(thaw::ThawPlan plan, thaw::plan_thaw(context, archives, choice));
        // Of what is cold and not asked for, it is told what it would cost.
        ZG_TRY(const auto estimate, thaw::estimate(plan, flags_.prices, context.world.clock.now()));
        const bool request = request_ && !common.dry_run;
        if (plan.asks() && (!common.quiet || (request && !flags_.yes)))
            fmt::print(stderr, "{}\n{}",
                       request_ ? "thaw:" : "to thaw what is cold and fetch all of it (--request):",
                       thaw_text(plan, estimate));
        if (request) {
            ZG_TRY(const bool yes, agreed(flags_, plan));
            if (!yes) {
                console.info("nothing was asked for");
                return ExitCode::failed;
            }
        }
        const Json before = thaw_json(plan, estimate);
        ZG_TRY(const thaw::ThawOutcome outcome,
               thaw::carry_out_thaw(context, std::move(plan), request,
                                    flags_.wait && !common.dry_run));
        tell(archives, outcome, before);
        return outcome.waiting ? ExitCode::waiting : ExitCode::done;
    }

  private:
    Result<std::vector<catalog::Manifest>> wanted(ops::Context& context) const {
        ZG_TRY(archive::ArchiveView view, archive::look_at_store(context));
        if (!source_.text.empty()) {
            ZG_TRY(const std::size_t index, ops::find_archive(view, source_));
            return ops::chain_to(view, index);
        }
        if (!source_.host.empty())
            std::erase_if(view.archives, [&](const catalog::Manifest& archive) {
                return archive.host != source_.host;
            });
        return std::move(view.archives);
    }

    void tell(const std::vector<catalog::Manifest>& archives, const thaw::ThawOutcome& outcome,
              const Json& before) const {
        const std::vector<Row> rows = rows_of(outcome.plan);
        Json list = Json::array();
        for (std::size_t i = 0; i < archives.size(); ++i)
            list.push_back(row_json(archives[i], rows[i]));
        std::string text = table(archives, rows, outcome.plan);
        if (outcome.asked > 0)
            text += fmt::format("asked for the thaw of {} segment{}\n", outcome.asked,
                                outcome.asked == 1 ? "" : "s");
        if (outcome.waiting)
            text += fmt::format(
                "the thaw is not done; it should be{}\n",
                outcome.come_back ? " at " + rfc3339_utc(*outcome.come_back) : " later");
        print_result(common,
                     {{"archives", std::move(list)},
                      {"thaw", before},
                      {"asked", outcome.asked},
                      {"waiting", outcome.waiting},
                      {"come_back", time_json(outcome.come_back)}},
                     text);
    }

    ops::RestoreSource source_;
    ThawFlags flags_;
    bool request_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_thaw() { return std::make_unique<Thaw>(); }

}  // namespace zg::cli
