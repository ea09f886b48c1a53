#include <fmt/format.h>

#include "archive/archive_view.hpp"
#include "cli/verb.hpp"

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
        ZG_TRY(const auto session, open_session(world, console, true));
        ops::Context& context = session->context();
        if (!common.dry_run) ZG_CHECK(context.archives.store.refresh());
        auto view = common.dry_run ? archive::read_all_manifests(context.archives)
                                   : archive::rebuild_catalog(context);
        if (!view) return fail(std::move(view.error()));
        Json unreadable = Json::array();
        for (const archive::UnreadableManifest& manifest : view->unreadable) {
            unreadable.push_back(
                {{"id", manifest.archive_id}, {"problem", manifest.error.message()}});
            console.error(manifest.error);
        }
        print_result(common,
                     {{"catalog", context.archives.catalog.path()},
                      {"archives", view->archives.size()},
                      {"unreadable", std::move(unreadable)}},
                     fmt::format("{}: {} archive{}{}\n", context.archives.catalog.path(),
                                 view->archives.size(), view->archives.size() == 1 ? "" : "s",
                                 common.dry_run ? " would be in it" : ""));
        return view->unreadable.empty() ? ExitCode::done : ExitCode::damage;
    }
};

}  // namespace

std::unique_ptr<Verb> make_catalog_rebuild() { return std::make_unique<CatalogRebuild>(); }

}  // namespace zg::cli
