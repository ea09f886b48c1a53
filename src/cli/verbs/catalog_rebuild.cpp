#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/rebuild.hpp"

namespace zg::cli {

namespace {

class CatalogRebuild final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "catalog rebuild"; }

    void define(Options& app) override {
        add_store_options(app);
        add_key_options(app);
        add_dry_run(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto session, open_session(world, true));
        ZG_TRY(const ops::RebuildReport report, ops::rebuild(session->context(), common.dry_run));
        Json unreadable = Json::array();
        for (const auto& [id, error] : report.unreadable) {
            unreadable.push_back({{"id", id}, {"problem", error.message()}});
            console.error(error);
        }
        print_result(
            common,
            {{"catalog", report.catalog},
             {"archives", report.archives},
             {"unreadable", std::move(unreadable)}},
            fmt::format("{}: {} archive{}{}\n", report.catalog, report.archives,
                        report.archives == 1 ? "" : "s", common.dry_run ? " (dry run)" : ""));
        return report.unreadable.empty() ? ExitCode::done : ExitCode::damage;
    }
};

}  // namespace

std::unique_ptr<Verb> make_catalog_rebuild() { return std::make_unique<CatalogRebuild>(); }

}  // namespace zg::cli
