#include "cli/vault/options.hpp"

#include <utility>

#include "cli/options.hpp"
#include "cli/vault/old_options.hpp"
#include "vault_tools/service.hpp"

namespace zg::cli {

namespace {

void add_access(Options& app, Given& given, bool with_endpoint) {
    vault_tools::VaultAccess& access = given.access;
    app.add_option("--region", access.region, "Region of the vaults [from the AWS settings]")
        ->type_name("REGION");
    app.add_option("--account", access.account,
                   "Account that owns the vaults, 12 digits [that of the credentials]")
        ->type_name("ID");
    if (with_endpoint)
        app.add_option("--endpoint", access.endpoint, "URL of a Glacier-compatible server")
            ->type_name("URL");
    app.add_option("--profile", access.profile, "Profile in ~/.aws/config")->type_name("NAME");
    app.add_option("-c,--conf", given.conf_file,
                   "Configuration file of glacier-cmd, read after /etc/glacier-cmd.conf, "
                   "~/.glacier-cmd and ./.glacier-cmd")
        ->type_name("FILE");
    app.add_option("--connections", access.connections,
                   "Number of parallel transfers; each keeps a part in memory")
        ->range(1, 64)
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--limit-rate", given.limit_rate,
                   "Limit network bandwidth, such as 2MiB/s or 20Mbit/s")
        ->type_name("RATE");
    app.add_option("--retry-time", given.retry_time, "How long to retry temporary errors")
        ->capture_default_str()
        ->type_name("DURATION");
    define_keys(app, given.keys);
}

}  // namespace

VaultOption ignored(IdleOption one) {
    return
        [one = std::move(one)](Options& app, Given& given) { define_idle(app, {one}, given.idle); };
}

void vault_name(Options& app, Given& given) {
    app.add_option("vault", given.vault, "The vault's name")->required()->type_name("VAULT");
}

void archive_ids(Options& app, Given& given) {
    app.add_option("archives", given.ids, "Ids of archives")->required()->type_name("ARCHIVE");
}

void policy_file(Options& app, Given& given) {
    app.add_option("file", given.file,
                   "File with the policy as JSON; standard input if omitted or -")
        ->type_name("FILE");
}

VaultOption tier(const char* help) {
    return [=](Options& app, Given& given) {
        app.add_option("--tier", given.tier, help)
            ->one_of({"expedited", "standard", "bulk"})
            ->capture_default_str()
            ->type_name("TIER");
    };
}

VaultOption notify(const char* help) { return option("--notify", &Given::topic, "TOPIC", help); }

VaultOption state_dir(const char* help) {
    return [=](Options& app, Given& given) {
        app.add_option("--state-dir", given.state_dir, help)
            ->envname("ZGLACIER_STATE_DIR")
            ->type_name("DIR");
    };
}

void book_dir(Options& app, Given& given) {
    state_dir(
        "Folder for the list of archives that `vault search` uses [/var/lib/zglacier for root, "
        "else $XDG_STATE_HOME/zglacier]")(app, given);
}

void subscription_filter(Options& app, Given& given) {
    app.add_option("--protocol", given.protocol,
                   "Only subscriptions with this protocol: email, https, sms, sqs …")
        ->type_name("PROTOCOL");
    app.add_option("--endpoint", given.endpoint,
                   "Only subscriptions of this address, URL, number or ARN")
        ->type_name("ENDPOINT");
    app.add_option("--topic", given.topic, "Only subscriptions to this topic, by name or ARN")
        ->type_name("TOPIC");
}

void output(Options& app, Given& given) {
    app.add_option("--output", given.output, "print, csv or json")
        ->one_of({"print", "csv", "json"})
        ->default_str("print")
        ->type_name("FORM");
}

void access(Options& app, Given& given) { add_access(app, given, true); }

void access_by_environment(Options& app, Given& given) { add_access(app, given, false); }

}  // namespace zg::cli
