#include <fmt/format.h>

#include "cli/verb.hpp"

namespace zg::cli {

namespace {

class Init final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {.name = "init",
                .brief = "Make a store",
                .description = "Makes the store: its folder, where it is missing, and its record zglacier.json. A store that is there already is left as it "
                               "is, and the command fails.\n\nEvery other command refuses a place without that record, so that a backup disk that is "
                               "not mounted is never taken for an empty store.",
                .json = "store: the store's URL\nid: the new store's id; empty in a dry run",
                .examples = "zglacier init --store dir:/backup # make a store in the folder /backup"};
    }

    void define(CLI::App& app) override {
        add_store_options(app);
        add_dry_run(app);
    }

    Result<ExitCode> run(World& world, Console& /*console*/) override {
        ZG_TRY(const std::string id, job::make_store(world, common.store_url, common.dry_run));
        const std::string text = common.dry_run ? fmt::format("would make a store at {}\n", common.store_url)
                                                : fmt::format("made store {} at {}\n", id, common.store_url);
        print_result(common, {{"store", common.store_url}, {"id", id}}, text);
        return ExitCode::done;
    }
};

}  // namespace

std::unique_ptr<Verb> make_init() { return std::make_unique<Init>(); }

}  // namespace zg::cli
