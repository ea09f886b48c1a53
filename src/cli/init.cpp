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
                               "is. An S3 bucket must exist; the record keeps the storage class, encryption, lock and tags, so that later runs need not name them.\n\nEvery other command refuses a place without that record, so that a backup disk that is "
                               "not mounted is never taken for an empty store.",
                .json = "store: the store's URL\nid: the store's id; empty where a dry run would make it\nmade: true where it was made now",
                .examples = "zglacier init --store dir:/backup # make a store in the folder /backup\n"
                            "zglacier init --store 's3://bucket/fileserver?class=DEEP_ARCHIVE&region=eu-central-1' # make a store in an S3 bucket"};
    }

    void define(CLI::App& app) override {
        add_store_options(app);
        add_dry_run(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const job::StoreAccess access, store_access());
        ZG_TRY(const job::MadeStore store, job::make_store(world, {.store = access, .state_dir = common.state_dir}, common.dry_run, console));
        std::string text = fmt::format("made store {} at {}\n", store.id, access.url);
        if (!store.made) text = fmt::format("{} is a store already ({}): nothing to do\n", access.url, store.id);
        if (store.id.empty()) text = fmt::format("would make a store at {}\n", access.url);
        print_result(common, {{"store", access.url}, {"id", store.id}, {"made", store.made}}, text);
        return ExitCode::done;
    }
};

}  // namespace

std::unique_ptr<Verb> make_init() { return std::make_unique<Init>(); }

}  // namespace zg::cli
