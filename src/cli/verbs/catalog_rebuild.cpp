#include <fmt/format.h>

#include "archive/archive_view.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

class CatalogRebuild final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {
            .name = "catalog rebuild",
            .brief = "Make the local catalog anew from the store",
            .description =
                "Reads every manifest of the store and makes the local catalog anew from them. "
                "Nothing is in the catalog alone: every command also works "
                "after the state folder was deleted, and brings the catalog in line with the store "
                "by itself. This command is for a catalog that is damaged "
                "or doubted.\n\nA Glacier vault tells what is in it only by an inventory, which "
                "Amazon makes about once a day and hands out hours after it was asked for: the "
                "command asks for it "
                "and ends with exit code 75; run it again when it says. What was written from this "
                "machine is known without it.",
            .json =
                "catalog: the catalog's file\narchives: number of archives in it\nunreadable: "
                "archives whose manifest cannot be read: id, problem",
            .examples =
                "zglacier catalog rebuild --store dir:/backup # after the disk with /var was lost"};
    }

    void define(Options& app) override {
        add_store_options(app);
        add_key_options(app);
        add_dry_run(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto session, open_session(world, console, true));
        archive::Context& context = session->context();
        if (!common.dry_run) ZG_CHECK(context.store.refresh());
        auto view = common.dry_run ? archive::read_all_manifests(context)
                                   : archive::rebuild_catalog(context);
        if (!view) return fail(std::move(view.error()));
        Json unreadable = Json::array();
        for (const archive::UnreadableManifest& manifest : view->unreadable) {
            unreadable.push_back(
                {{"id", manifest.archive_id}, {"problem", manifest.error.message()}});
            console.error(manifest.error);
        }
        print_result(common,
                     {{"catalog", context.catalog.path()},
                      {"archives", view->archives.size()},
                      {"unreadable", std::move(unreadable)}},
                     fmt::format("{}: {} archive{}{}\n", context.catalog.path(),
                                 view->archives.size(), view->archives.size() == 1 ? "" : "s",
                                 common.dry_run ? " would be in it" : ""));
        return view->unreadable.empty() ? ExitCode::done : ExitCode::damage;
    }
};

}  // namespace

std::unique_ptr<Verb> make_catalog_rebuild() { return std::make_unique<CatalogRebuild>(); }

}  // namespace zg::cli
