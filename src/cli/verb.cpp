#include "cli/verb.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/options.hpp"
#include "cli/output/question.hpp"
#include "cli/vault/verb.hpp"
#include "ops/keys.hpp"
#include "ops/session.hpp"

namespace zg::cli {

void Verb::add_store_options(Options& app) {
    app.add_option("--store", common.store.url,
                   "dir:/PATH, s3://BUCKET/PREFIX or glacier://REGION/VAULT\nOptions of the store "
                   "may follow the URL: s3://bucket/prefix?class=DEEP_ARCHIVE&region=eu-central-1, "
                   "or dir:/path?thaw=5s to practise cold restores")
        ->envname("ZGLACIER_STORE")
        ->required()
        ->group(heading::store)
        ->type_name("URL");
    add_tuning_options(app, "Folder for catalog and locks");
    add_s3_options(app);
}

void Verb::add_tuning_options(Options& app, const std::string& state_dir_help) {
    app.add_option("--connections", common.store.connections,
                   "Number of parallel transfers, 1 to 64\nEach keeps a part in memory")
        ->range(1, 64)
        ->group(heading::tuning)
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--limit-rate", common.limit_rate,
                   "Limit network bandwidth, such as 2MiB/s or 20Mbit/s")
        ->group(heading::tuning)
        ->type_name("RATE");
    app.add_option("--retry-time", common.retry_time, "How long to retry temporary errors")
        ->group(heading::tuning)
        ->capture_default_str()
        ->type_name("DURATION");
    app.add_option("--state-dir", common.state_dir, state_dir_help)
        ->envname("ZGLACIER_STATE_DIR")
        ->default_str("/var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier")
        ->group(heading::tuning)
        ->type_name("DIR");
}

void Verb::add_key_options(Options& app) {
    app.add_option(
           "--identity", common.identities,
           "Key of encrypted archives\nA file as `zglacier key generate` or age-keygen writes it; "
           "may be given several times")
        ->envname("ZGLACIER_IDENTITY")
        ->one_value()
        ->group(heading::keys)
        ->type_name("FILE");
    app.add_option("--passphrase-file", common.passphrase_file,
                   "File with the passphrase in its first line\nThe passphrase of archives, or of "
                   "the --identity file")
        ->group(heading::keys)
        ->type_name("FILE");
}

/// Each option of the URL as a flag, which takes precedence.
void Verb::add_s3_options(Options& app) {
    std::set<std::string> known;
    for (const ops::StoreScheme& scheme : ops::store_schemes()) {
        if (scheme.option_group.empty()) continue;
        for (const auto& option : scheme.options) {
            if (!known.insert(option.name).second) continue;
            const auto take = [this, key = option.name](const std::string& value) {
                common.store.options[key] = value;
            };
            app.add_option("--" + option.name, take, option.help)
                ->group(scheme.option_group)
                ->type_name("VALUE");
        }
    }
}

Result<ops::StoreAccess> Verb::store_access() const {
    ops::StoreAccess access = common.store;
    if (!common.limit_rate.empty()) {
        ZG_TRY(access.limit_rate, parse_rate(common.limit_rate));
    }
    ZG_TRY(access.retry_time, parse_duration(common.retry_time));
    return access;
}

Result<ops::Keys> Verb::read_keys() const {
    const auto ask = [](const std::string& file) {
        return ask_passphrase(file, "give --passphrase-file FILE");
    };
    return ops::read_keys({.identity_files = common.identities,
                           .passphrase_file = common.passphrase_file,
                           .ask = ask});
}

void Verb::add_dry_run(Options& app) {
    app.add_flag("-n,--dry-run", common.dry_run, "Show what would be done, and change nothing");
}

Result<std::unique_ptr<ops::Session>> Verb::open_session(World& world, bool needs_state,
                                                         const std::string& dataset) const {
    ZG_TRY(const ops::SessionOptions options, session_options(needs_state, dataset));
    return ops::Session::open(world, options);
}

Result<ops::SessionOptions> Verb::session_options(bool needs_state,
                                                  const std::string& dataset) const {
    ops::SessionOptions options{
        .store = {}, .state_dir = common.state_dir, .needs_state = needs_state};
    ZG_TRY(options.store, store_access());
    ZG_TRY(options.keys, read_keys());
    if (!dataset.empty()) {
        ZG_TRY(options.store.url,
               ops::url_for_dataset(options.store.url, dataset.substr(0, dataset.find('@'))));
    }
    return options;
}

void print_result(const CommonOptions& common, const Json& json, const std::string& text) {
    if (common.json)
        fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    else if (!text.empty())
        fmt::print("{}", text);
}

std::vector<std::unique_ptr<Verb>> make_verbs() {
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(make_init());
    verbs.push_back(make_backup());
    verbs.push_back(make_list());
    verbs.push_back(make_verify());
    verbs.push_back(make_restore());
    verbs.push_back(make_thaw());
    verbs.push_back(make_copy());
    verbs.push_back(make_policy());
    for (auto& verb : make_vault_verbs()) verbs.push_back(std::move(verb));
    verbs.push_back(make_key_generate());
    verbs.push_back(make_key_check());
    verbs.push_back(make_stream_inspect());
    verbs.push_back(make_catalog_rebuild());
    return verbs;
}

std::string zfs_program(const Environment& environment) {
    return environment.get("ZGLACIER_ZFS").value_or("zfs");
}

}  // namespace zg::cli
