#include <fmt/format.h>

#include "cli/verb.hpp"
#include "ops/keys.hpp"

namespace zg::cli {

namespace {

class Init final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {.name = "init",
                .brief = "Make a store",
                .description =
                    "Makes the store: its folder, where it is missing, and its record "
                    "zglacier.json. A store that is there already is left as it "
                    "is. An S3 bucket must exist; the record keeps the storage class, encryption, "
                    "lock and tags, so that later runs need not name them.\n\nWith --recipient or "
                    "--passphrase-file all archives are encrypted by age before they leave the "
                    "machine, and the store takes no others.\n\nEvery other command refuses a "
                    "place without that record, so that a backup disk that is "
                    "not mounted is never taken for an empty store.",
                .json =
                    "store: the store's URL\nid: the store's id; empty where a dry run would make "
                    "it\nmade: true where it was made now",
                .examples =
                    "zglacier init --store dir:/backup # make a store in the folder /backup\n"
                    "zglacier init --store dir:/backup --recipient age1… # with archives that only "
                    "a key opens; see zglacier-key-generate(8)\n"
                    "zglacier init --store "
                    "'s3://bucket/fileserver?class=DEEP_ARCHIVE&region=eu-central-1' # make a "
                    "store in an S3 bucket"};
    }

    void define(Options& app) override {
        add_store_options(app);
        add_dry_run(app);
        app.add_option(
               "--recipient", encryption_.recipients,
               "Encrypt all archives to this age recipient (age1…); may be given several times")
            ->one_value()
            ->type_name("RECIPIENT");
        app.add_option("--passphrase-file", passphrase_file_,
                       "Encrypt all archives with the passphrase in the first line of this file; "
                       "each backup then needs it, too")
            ->type_name("FILE");
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        if (!passphrase_file_.empty()) {
            ZG_TRY(encryption_.passphrase, ops::read_passphrase(passphrase_file_));
        }
        ops::SessionOptions options;
        options.store = access;
        options.state_dir = common.state_dir;
        options.encryption = encryption_;
        ZG_TRY(const ops::MadeStore store,
               ops::make_store(world, options, common.dry_run, console));
        std::string text = fmt::format("made store {} at {}\n", store.id, access.url);
        if (!store.made)
            text = fmt::format("{} is a store already ({}): nothing to do\n", access.url, store.id);
        if (store.id.empty()) text = fmt::format("would make a store at {}\n", access.url);
        const bool encrypted = encryption_.passphrase || !encryption_.recipients.empty();
        if (store.made && encrypted) tell_of_the_key(console);
        print_result(common, {{"store", access.url}, {"id", store.id}, {"made", store.made}}, text);
        return ExitCode::done;
    }

  private:
    void tell_of_the_key(Console& console) const {
        const char* key = encryption_.passphrase
                              ? "the passphrase"
                              : "the key (the identity file that belongs to the recipient)";
        console.warning(fmt::format(
            "whoever loses {} loses the data: nobody can restore these archives without it", key));
        console.hint(
            "keep two copies of it away from this machine; `zglacier key check --identity FILE` "
            "proves that it opens the store");
    }

    archive::EncryptionChoice encryption_;
    std::string passphrase_file_;
};

}  // namespace

std::unique_ptr<Verb> make_init() { return std::make_unique<Init>(); }

}  // namespace zg::cli
