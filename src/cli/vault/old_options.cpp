#include "cli/vault/old_options.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "cli/options.hpp"

namespace zg::cli {

namespace {

constexpr const char* old_group = "Accepted for compatibility with glacier-cmd";

std::vector<IdleOption> idle_options() {
    return {
        {"--bookkeeping", "",
         "`zglacier vault search` finds what was uploaded from here without it"},
        {"--no-bookkeeping", "", ""},
        {"--bookkeeping-domain-name", "NAME", ""},
        {"--sdb-access-key", "ID", ""},
        {"--sdb-secret-key", "KEY", ""},
        {"--sdb-region", "REGION", ""},
        {"--logfile", "FILE", "messages go to standard error"},
        {"--loglevel", "LEVEL", ""},
        {"--logtostdout", "", "messages go to standard error"},
    };
}

}  // namespace

void define_idle(Options& app, const std::vector<IdleOption>& options,
                 std::vector<std::string>& idle) {
    for (const IdleOption& option : options) {
        const auto warn = [&idle, name = option.name, why = option.why] {
            if (!why.empty()) idle.push_back(fmt::format("{} has no effect: {}", name, why));
        };
        if (option.type.empty())
            app.add_flag(option.name, warn, "Has no effect")->group(old_group);
        else
            app.add_option(
                   option.name, [warn](const std::string&) { warn(); }, "Has no effect")
                ->group(old_group)
                ->type_name(option.type);
    }
}

void define_keys(Options& app, OldOptions& options) {
    app.add_option("--aws-access-key", options.access_key, "Access key")
        ->group(old_group)
        ->type_name("ID");
    app.add_option(
           "--aws-secret-key",
           [&options](const std::string& key) { options.secret_key = Secret(key); },
           "Secret key; better kept in a file, because all users of this machine can see the "
           "command line")
        ->group(old_group)
        ->type_name("KEY");
}

void define_old_options(Options& group, OldOptions& options) {
    group
        .add_option("-c,--conf", options.conf,
                    "Configuration file of glacier-cmd, read after /etc/glacier-cmd.conf, "
                    "~/.glacier-cmd and ./.glacier-cmd")
        ->type_name("FILE");
    group.add_option("--region", options.region, "Region of the vaults")->type_name("REGION");
    group.add_option("--output", options.output, "print, csv or json")
        ->one_of({"print", "csv", "json"})
        ->type_name("FORM");
    define_keys(group, options);
    define_idle(group, idle_options(), options.idle);
}

}  // namespace zg::cli
