#include "ops/list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
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
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

/// The clock may have been set back since then.
std::string age_text(std::chrono::seconds age) {
    return age.count() < 0 ? "in the future, says this machine's clock"
                           : format_duration(age) + " ago";
}

std::string table(const ops::Listing& listing, TimePoint now) {
    std::string text;
    std::string heading;
    for (const ops::ListedArchive& row : listing.archives) {
        const std::string of =
            row.archive.opened
                ? fmt::format("{} (host {})", row.archive.dataset, row.archive.host)
                : fmt::format("encrypted, dataset with guid {}", row.archive.dataset_guid);
        if (of != heading) {
            text += fmt::format("{}{}\n  {:<27}{:<28}{:<13}{:>11}{:>11}  {}\n",
                                heading.empty() ? "" : "\n", of, "ARCHIVE", "SNAPSHOT", "KIND",
                                "STREAM", "STORED", "RESTORE");
            heading = of;
        }
        text +=
            fmt::format("  {:<27}{:<28}{:<13}{:>11}{:>11}  {}\n", row.archive.archive_id,
                        row.archive.opened ? "@" + row.archive.snapshot
                                           : rfc3339_utc(row.archive.snapshot_time),
                        row.archive.full() ? "full" : "incremental",
                        format_size(row.archive.stream_size), format_size(row.archive.stored_size),
                        row.problem.empty() ? fmt::format("yes, {} archive{}", row.chain.size(),
                                                          row.chain.size() == 1 ? "" : "s")
                                            : "no: " + row.problem);
    }
    for (const ops::ListedUnfinished& archive : listing.unfinished)
        text += fmt::format(
            "unfinished: {}  {}@{}, begun {} ({}): {} in {} segment{} stored; `zglacier backup {}` "
            "resumes it\n",
            archive.archive_id, archive.dataset, archive.snapshot, rfc3339_utc(archive.started),
            age_text(now - archive.started), format_size(archive.stored_size), archive.segments,
            archive.segments == 1 ? "" : "s", archive.dataset);
    for (const ops::ListedRemoval& removal : listing.removals) text += removal.text + "\n";
    for (const auto& [id, problem] : listing.unreadable)
        text += fmt::format("archive {}: {}\n", id, problem);
    return text.empty() ? "the store has no archives yet\n" : text;
}

class List final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "list"; }

    void define(Options& app) override {
        app.add_option("dataset", dataset_, "Only this dataset")->type_name("DATASET");
        add_store_options(app);
        add_key_options(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto session, open_session(world, false, dataset_));
        ZG_TRY(const ops::Listing listing, ops::list_archives(session->context(), dataset_));
        Json archives = Json::array();
        for (const ops::ListedArchive& row : listing.archives) {
            Json json = archive_json(row.archive);
            json["restorable"] = row.problem.empty();
            json["chain"] = row.chain;
            json["problem"] = row.problem;
            archives.push_back(std::move(json));
        }
        Json unreadable = Json::array();
        for (const auto& [id, problem] : listing.unreadable)
            unreadable.push_back({{"id", id}, {"problem", problem}});
        Json unfinished = Json::array();
        for (const ops::ListedUnfinished& archive : listing.unfinished)
            unfinished.push_back({{"id", archive.archive_id},
                                  {"dataset", archive.dataset},
                                  {"snapshot", archive.snapshot},
                                  {"started", rfc3339_utc(archive.started)},
                                  {"segments", archive.segments},
                                  {"stored_size", archive.stored_size}});
        Json removals = Json::array();
        for (const ops::ListedRemoval& removal : listing.removals)
            removals.push_back({{"id", removal.archive_id},
                                {"removed", rfc3339_utc(removal.removed)},
                                {"rule", removal.rule},
                                {"objects", removal.objects}});
        const auto unproved = std::ranges::count_if(
            listing.archives, [](const ops::ListedArchive& row) { return !row.archive.proved(); });
        if (unproved > 0)
            console.hint(fmt::format(
                "{} of them {} known only by description and date: check the streams with "
                "`zglacier vault adopt --prove`",
                unproved, unproved == 1 ? "is" : "are"));
        const auto closed = std::ranges::count_if(
            listing.archives, [](const ops::ListedArchive& row) { return !row.archive.opened; });
        if (closed > 0)
            console.hint(fmt::format("{} of them {} encrypted: --identity FILE shows the names",
                                     closed, closed == 1 ? "is" : "are"));
        print_result(common,
                     {{"archives", std::move(archives)},
                      {"unfinished", std::move(unfinished)},
                      {"removals", std::move(removals)},
                      {"unreadable", std::move(unreadable)}},
                     table(listing, world.clock.now()));
        return ExitCode::done;
    }

  private:
    std::string dataset_;
};

}  // namespace

std::unique_ptr<Verb> make_list() { return std::make_unique<List>(); }

}  // namespace zg::cli
