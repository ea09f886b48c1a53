#include "cli/output/thaw_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "base/units.hpp"
#include "cli/options.hpp"
#include "cli/output/question.hpp"
#include "cli/verb.hpp"
#include "ops/session.hpp"
#include "policy/prices.hpp"
#include "thaw/thaw.hpp"

namespace zg::cli {

namespace {

using thaw::Temperature;

// The most bytes that the expedited tier thaws in its time.
constexpr std::uint64_t largest_expedited = 250'000'000;

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string dollars(double amount) {
    return amount > 0 && amount < 0.005 ? "less than $0.01" : fmt::format("${:.2f}", amount);
}

std::string classes_of(const thaw::ThawPlan& plan) {
    std::set<std::string> classes;
    for (const thaw::ThawSegment& segment : plan.segments) {
        if (!segment.storage_class.empty()) classes.insert(segment.storage_class);
    }
    std::string text;
    for (const std::string& name : classes) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string states_text(const thaw::ThawPlan& plan) {
    const auto part = [&](Temperature temperature, const char* what) {
        const thaw::ThawAmount amount = plan.amount(temperature);
        return amount.segments == 0
                   ? std::string{}
                   : fmt::format(", {} {} ({})", amount.segments, what, format_size(amount.bytes));
    };
    const thaw::ThawAmount all = plan.all();
    const std::string classes = classes_of(plan);
    std::string text = fmt::format(
        "  {}, {}{}{}{}{}", counted(all.segments, "segment"), format_size(all.bytes),
        classes.empty() ? "" : " of class " + classes, part(Temperature::cold, "to thaw first"),
        part(Temperature::thawing, "being thawed"), part(Temperature::hot, "readable"));
    if (const auto missing = plan.missing(); !missing.empty())
        text += fmt::format(", {} MISSING (the first: {})", missing.size(), missing.front());
    return text + "\n";
}

std::string tier_text(const thaw::ThawPlan& plan) {
    std::string text = fmt::format(
        "  tier {}: readable within {}; copies stay readable for {}; the download takes {} at {}/s "
        "(--bandwidth)\n",
        plan.tier.name, format_duration(plan.tier.longest),
        counted(static_cast<std::size_t>(plan.days.count()), "day"),
        format_duration(plan.fetch_time()), format_size(plan.choice.bandwidth));
    const auto large = [](const thaw::ThawSegment& segment) {
        return segment.is(Temperature::cold) && segment.size > largest_expedited;
    };
    if (plan.tier.name == "expedited" && std::ranges::any_of(plan.segments, large))
        text += "  segments larger than 250 MB may take longer with the expedited tier\n";
    return text;
}

std::string cost_text(const thaw::Estimate& estimate) {
    const policy::Cost& cost = estimate.cost;
    const policy::PriceTable& prices = estimate.prices;
    std::string text =
        fmt::format("  prices in {} as of {}{}; yours may differ:\n", prices.region, prices.date,
                    prices.file.empty() ? "" : " (" + prices.file + ")");
    const auto line = [&](const char* what, double amount) {
        text += fmt::format("    {:<20}{:>16}\n", what, dollars(amount));
    };
    line("retrieval requests", cost.retrieval_requests);
    line("retrieval bytes", cost.retrieval_bytes);
    line("temporary copy", cost.temporary_copy);
    line("GET requests", cost.get_requests);
    line("egress", cost.egress);
    line("total", cost.total());
    if (prices.free_egress_gb > 0 && cost.egress > 0)
        text += fmt::format(
            "    the first {} GB downloaded a month are free, and so are downloads to EC2 in the "
            "same "
            "region; neither is deducted here\n",
            prices.free_egress_gb);
    if (cost.unverified)
        text += "    some of these prices are unverified: they are marked in data/prices.json\n";
    for (const std::string& what : cost.unpriced)
        text += fmt::format("    NOT included in the total, price unknown: {}\n", what);
    return text;
}

Json charges_json(const thaw::Estimate& estimate) {
    const policy::Cost& cost = estimate.cost;
    return {{"region", estimate.prices.region},
            {"date", estimate.prices.date},
            {"file", estimate.prices.file},
            {"unverified", cost.unverified},
            {"unpriced", cost.unpriced},
            {"retrieval_requests", cost.retrieval_requests},
            {"retrieval_bytes", cost.retrieval_bytes},
            {"temporary_copy", cost.temporary_copy},
            {"get_requests", cost.get_requests},
            {"egress", cost.egress},
            {"total", cost.total()},
            {"get_request_count", estimate.charges.get_requests},
            {"egress_bytes", estimate.charges.egress},
            {"free_egress_gb_per_month", estimate.prices.free_egress_gb}};
}

}  // namespace

void ThawFlags::define(Options& app) {
    app.add_flag("--wait", wait, "Wait for the thaw instead of ending with exit code 75")
        ->group(heading::cost);
    app.add_option("--tier", tier, "How fast to thaw: expedited, standard or bulk")
        ->group(heading::cost)
        ->capture_default_str()
        ->type_name("TIER");
    app.add_flag("-y,--yes", yes, "Request the thaw without asking, even if it costs money")
        ->group(heading::cost);
    app.add_option("--days", days, "How long thawed segments stay readable, 1 to 30000 days")
        ->range(1, 30'000)
        ->default_str("the time of the tier and the download, and a day")
        ->group(heading::thaw)
        ->type_name("N");
    app.add_option("--bandwidth", bandwidth,
                   "Download speed to plan with, such as 10MiB/s or 100Mbit/s")
        ->default_str("5MiB/s, or --limit-rate if that is less")
        ->group(heading::thaw)
        ->type_name("RATE");
    app.add_option("--prices", prices, "File with a table of prices")
        ->default_str("$ZGLACIER_PRICES, /etc/zglacier/prices.json, or the one built in")
        ->group(heading::thaw)
        ->type_name("FILE");
}

Result<thaw::ThawChoice> ThawFlags::choice(const ops::StoreAccess& access) const {
    thaw::ThawChoice choice;
    choice.tier = tier;
    if (days > 0) choice.days = std::chrono::days(days);
    if (!bandwidth.empty()) {
        ZG_TRY(choice.bandwidth, parse_rate(bandwidth));
    }
    if (access.limit_rate > 0) choice.bandwidth = std::min(choice.bandwidth, access.limit_rate);
    return choice;
}

std::string thaw_text(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate) {
    std::string text;
    const bool cold = plan.all().segments != plan.amount(Temperature::hot).segments;
    if (cold || plan.costs) text += states_text(plan);
    if (plan.asks()) text += tier_text(plan);
    if (!plan.expiring.empty())
        text += fmt::format(
            "  {} would expire before the download, and will be kept readable for longer\n",
            counted(plan.expiring.size(), "thawed segment"));
    if (estimate) text += cost_text(*estimate);
    return text;
}

Json thaw_json(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate) {
    const auto amount = [&](Temperature temperature) {
        const thaw::ThawAmount of = plan.amount(temperature);
        return Json{{"segments", of.segments}, {"bytes", of.bytes}};
    };
    Json json{{"segments", plan.all().segments},
              {"bytes", plan.all().bytes},
              {"class", classes_of(plan)},
              {"cold", amount(Temperature::cold)},
              {"thawing", amount(Temperature::thawing)},
              {"readable", amount(Temperature::hot)},
              {"missing", plan.missing()},
              {"expiring", plan.expiring.size()},
              {"tier", plan.tier.name},
              {"longest_seconds", plan.tier.longest.count()},
              {"days", plan.days.count()},
              {"bandwidth", plan.choice.bandwidth},
              {"fetch_seconds", plan.fetch_time().count()},
              {"dollars", nullptr}};
    if (estimate) json["dollars"] = charges_json(*estimate);
    return json;
}

Result<bool> agreed(const ThawFlags& flags, const thaw::ThawPlan& plan) {
    if (!plan.costs || !plan.asks() || flags.yes) return true;
    const std::size_t count = plan.amount(Temperature::cold).segments;
    return ask("request the thaw?",
               fmt::format("thawing {} costs money", counted(count, "segment")),
               "add --yes to request the thaw; --dry-run shows what it costs");
}

}  // namespace zg::cli
