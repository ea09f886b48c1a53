#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/keys.hpp"

namespace zg::cli {

namespace {

class KeyGenerate final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "key generate"; }

    void define(Options& app) override {
        app.add_option("--passphrase-file", common.passphrase_file,
                       "Protect the key with the passphrase in the first line of this file")
            ->group(heading::keys)
            ->type_name("FILE");
    }

    Result<ExitCode> run(World& world, Console& console) override {
        std::optional<Secret> passphrase;
        if (!common.passphrase_file.empty()) {
            ZG_TRY(passphrase, ops::read_passphrase(common.passphrase_file));
        }
        ZG_TRY(const ops::NewKey key, ops::generate_key(world, passphrase));
        if (::isatty(STDOUT_FILENO) == 0) fmt::print(stderr, "Public key: {}\n", key.recipient);
        print_result(common, {{"recipient", key.recipient}, {"identity", key.file.reveal()}},
                     key.file.reveal());
        console.hint(
            "keep two copies of the key away from the server: without it the archives cannot be "
            "restored");
        return ExitCode::done;
    }
};

class KeyCheck final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "key check"; }

    void define(Options& app) override {
        add_store_options(app);
        add_key_options(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        if (common.identities.empty() && common.passphrase_file.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = "no key was given",
                         .hint = "give --identity FILE or --passphrase-file FILE"});
        ZG_TRY(const auto session, open_session(world, false));
        ZG_TRY(const ops::KeyCheck check, ops::check_keys(session->context()));
        print_result(common,
                     {{"opened", check.opened},
                      {"not_opened", check.not_opened},
                      {"unencrypted", check.unencrypted},
                      {"in_record", check.in_record}},
                     summary(check));
        for (const std::string& id : check.not_opened)
            console.warning(fmt::format("the key does not open archive {}", id));
        return check.not_opened.empty() && (check.opened > 0 || check.in_record)
                   ? ExitCode::done
                   : ExitCode::refused;
    }

  private:
    static std::string summary(const ops::KeyCheck& check) {
        const std::size_t all = check.opened + check.not_opened.size();
        std::string text =
            all == 0
                ? (check.in_record
                       ? "no archive is encrypted yet; new ones will be encrypted to this "
                         "key\n"
                       : "no archive is encrypted, and the store was not created for this key\n")
                : fmt::format("the key opens {} of {} encrypted archives\n", check.opened, all);
        if (check.unencrypted > 0)
            text += fmt::format("{} archive{} not encrypted\n", check.unencrypted,
                                check.unencrypted == 1 ? " is" : "s are");
        return text;
    }
};

}  // namespace

std::unique_ptr<Verb> make_key_generate() { return std::make_unique<KeyGenerate>(); }
std::unique_ptr<Verb> make_key_check() { return std::make_unique<KeyCheck>(); }

}  // namespace zg::cli
