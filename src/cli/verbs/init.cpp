#include <fmt/format.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/keys.hpp"
#include "ops/session.hpp"

namespace zg::cli {

namespace {

class Init final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "init"; }

    void define(Options& app) override {
        add_store_options(app);
        add_dry_run(app);
        app.add_option(
               "--recipient", options_.encryption.recipients,
               "Encrypt all archives to this recipient (age1...)\nMay be given several times")
            ->one_value()
            ->group(heading::keys)
            ->type_name("RECIPIENT");
        app.add_option("--passphrase-file", passphrase_file_,
                       "Encrypt all archives with the passphrase in this file\nThe passphrase is "
                       "the first line of the file; each backup needs it too")
            ->group(heading::keys)
            ->type_name("FILE");
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        if (!passphrase_file_.empty()) {
            ZG_TRY(options_.encryption.passphrase, ops::read_passphrase(passphrase_file_));
        }
        options_.store = access;
        options_.state_dir = common.state_dir;
        ZG_TRY(const ops::MadeStore store, ops::make_store(world, options_, common.dry_run));
        std::string text = fmt::format("created store {} at {}\n", store.id, access.url);
        if (!store.made)
            text =
                fmt::format("{} exists already (store {}): nothing to do\n", access.url, store.id);
        if (store.id.empty()) text = fmt::format("would create a store at {}\n", access.url);
        const bool encrypted =
            options_.encryption.passphrase || !options_.encryption.recipients.empty();
        if (store.made && encrypted) warn_about_the_key(console);
        print_result(common, {{"store", access.url}, {"id", store.id}, {"created", store.made}},
                     text);
        return ExitCode::done;
    }

  private:
    void warn_about_the_key(Console& console) const {
        const char* key = options_.encryption.passphrase
                              ? "the passphrase"
                              : "the key (the identity file of this recipient)";
        console.warning(fmt::format(
            "if you lose {}, you lose the data: nobody can restore these archives without it",
            key));
        console.hint(
            "keep two copies of it away from this machine; `zglacier key check --identity FILE` "
            "checks that it opens the store");
    }

    ops::SessionOptions options_;
    std::string passphrase_file_;
};

}  // namespace

std::unique_ptr<Verb> make_init() { return std::make_unique<Init>(); }

}  // namespace zg::cli
