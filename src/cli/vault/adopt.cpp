// Archives of other programs become archives of zglacier.
#include "ops/adopt/adopt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "catalog/manifest.hpp"
#include "cli/exit_code.hpp"
#include "cli/output/archive_json.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/vault/options.hpp"
#include "cli/verb.hpp"
#include "policy/prices.hpp"

namespace zg::cli {

namespace {

std::string plural(std::size_t count) { return count == 1 ? "" : "s"; }

/// What it costs to request the beginnings of `count` archives.
std::string cost_text(const World& world, const Given& given, std::size_t count) {
    std::string text = fmt::format("requesting the first MiB of {} archive{}, tier {}", count,
                                   plural(count), given.tier);
    const auto prices = policy::load_prices(world.environment, given.prices);
    if (!prices) return text + ": " + prices.error().message();
    const double dollars =
        policy::cost_of(*prices, ops::charges_to_prove(count, given.tier)).total();
    return text + (dollars < 0.005 ? ": less than $0.01" : fmt::format(": about ${:.2f}", dollars));
}

Result<ExitCode> release(const VaultCall& call, const ops::AdoptingVault& vault) {
    const std::vector<std::string>& archives = call.given.ids;
    ZG_CHECK(ops::release_adopted(call.service, vault, archives));
    print_result(call.common, {{"released", archives}},
                 fmt::format("released {} archive{}; they are still in the vault\n",
                             archives.size(), plural(archives.size())));
    return ExitCode::done;
}

/// Hints: which archives are not streams, and what to do next.
void comment(const ops::AdoptReport& report, Log& log) {
    for (const std::string& id : report.no_streams)
        log.warning(fmt::format(
            "{}: this is not a plain zfs send stream; perhaps another program compressed or "
            "encrypted it. Get it with `zglacier vault retrieve`",
            id));
    if (!report.left.empty())
        log.hint(
            "archives that were not adopted have descriptions that name no dataset: give their ids "
            "and --dataset");
    const bool unproved = std::ranges::any_of(
        report.archives, [](const catalog::Manifest& archive) { return !archive.proved(); });
    if (report.waiting > 0)
        log.hint(
            "what was requested is not ready yet: run the same command again in about five hours");
    else if (unproved)
        log.hint(
            "what is not proved is known only by description and date: --prove checks the streams");
}

void print_report(const VaultCall& call, const ops::AdoptReport& report) {
    const std::string inventory = rfc3339_utc(report.inventory);
    Json archives = Json::array();
    Json left = Json::array();
    std::string text = fmt::format("according to the inventory of {}:\n", inventory);
    for (const catalog::Manifest& archive : report.archives) {
        archives.push_back(archive_json(archive));
        text +=
            fmt::format("  {}  {:<11}  {}@{}  {}{}\n", archive.archive_id,
                        archive.full() ? "full" : "incremental", archive.dataset, archive.snapshot,
                        format_size(archive.stored_size), archive.proved() ? "" : "  (not proved)");
    }
    for (const ops::AdoptReport::Left& archive : report.left) {
        left.push_back({{"id", archive.id}, {"description", archive.description}});
        text += fmt::format("  not adopted: {}  \"{}\"\n", archive.id, archive.description);
    }
    text += fmt::format("adopted {}, proved {}\n", report.taken, report.proved);
    print_result(call.common,
                 {{"inventory", inventory},
                  {"archives", std::move(archives)},
                  {"adopted", report.taken},
                  {"proved", report.proved},
                  {"requested", report.asked},
                  {"waiting", report.waiting},
                  {"not_adopted", std::move(left)},
                  {"not_streams", report.no_streams}},
                 text);
}

}  // namespace

Result<ExitCode> vault_adopt(const VaultCall& call) {
    const Given& given = call.given;
    const ops::AdoptingVault vault{.name = given.vault, .state_dir = given.state_dir};
    if (given.release) return release(call, vault);
    const auto show_cost = [&](std::size_t count) {
        call.service.world.log.info(cost_text(call.service.world, given, count));
    };
    ZG_TRY(const auto report, ops::adopt(call.service, vault,
                                         {.archives = given.ids,
                                          .dataset = given.dataset,
                                          .host = given.host,
                                          .prove = given.prove,
                                          .full = given.full,
                                          .tier = given.tier,
                                          .topic = given.topic,
                                          .zfs = zfs_program(call.service.world.environment),
                                          .before_request = show_cost}));
    comment(report, call.service.world.log);
    print_report(call, report);
    return report.waiting > 0 ? ExitCode::waiting : ExitCode::done;
}

}  // namespace zg::cli
