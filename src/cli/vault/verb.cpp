#include "cli/vault/verb.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace zg::cli {

namespace {

constexpr std::string_view id_mark = "id:";
// Amazon's ids of archives have 138 characters, those of jobs and uploads 92.
constexpr std::size_t shortest_id = 60;

// Those of locks are shorter than some options; but no option has a capital or a digit.
constexpr std::size_t shortest_lock_id = 16;

bool is_id_with_dash(std::string_view text, std::size_t shortest) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return text.size() >= shortest && text.front() == '-' && std::ranges::all_of(text, good);
}

std::string csv_field(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_text(const Table& table) {
    std::string text;
    const auto line = [&](const std::vector<std::string>& fields) {
        for (std::size_t i = 0; i < fields.size(); ++i)
            text += (i > 0 ? "," : "") + csv_field(fields[i]);
        text += "\n";
    };
    line(table.columns);
    for (const auto& row : table.rows) line(row);
    return text;
}

std::string plain_text(const Table& table) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        widths.push_back(table.columns[i].size());
        for (const auto& row : table.rows) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    const auto line = [&](const std::vector<std::string>& fields) {
        std::string one;
        for (std::size_t i = 0; i < fields.size(); ++i)
            one += fmt::format("{}{:{}}", i > 0 ? "  " : "", fields[i],
                               i + 1 < fields.size() ? widths[i] : 0);
        text += one + "\n";
    };
    line(table.columns);
    for (const auto& row : table.rows) line(row);
    return text;
}

}  // namespace

std::vector<std::string> mark_ids(int argc, const char* const* argv) {
    std::vector<std::string> arguments(argv, argv + argc);
    if (argc < 2 || arguments[1] != "vault") return arguments;
    const bool lock = std::ranges::find(arguments, "lock") != arguments.end() &&
                      std::ranges::find(arguments, "complete") != arguments.end();
    for (std::string& argument : arguments) {
        const bool short_id = lock && is_id_with_dash(argument, shortest_lock_id) &&
                              std::ranges::any_of(argument, [](char c) {
                                  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                              });
        if (short_id || is_id_with_dash(argument, shortest_id)) argument.insert(0, id_mark);
    }
    return arguments;
}

std::string plain_id(const std::string& marked) {
    return marked.starts_with(id_mark) ? marked.substr(id_mark.size()) : marked;
}

std::string vault_group_brief(const std::string& name) {
    if (name == "notify") return "Who is told when a job is done";
    if (name == "policy") return "Who may use a vault";
    if (name == "lock") return "What nobody may do with a vault, for ever";
    if (name == "tags") return "A vault's tags";
    if (name == "retrieval-policy") return "How much may be retrieved";
    return {};
}

std::string vault_group_alias(const std::string& name) { return name == "notify" ? "sns" : ""; }

void VaultVerb::add_access_options(Options& app, Endpoint endpoint) {
    app.add_option("--region", access_.region, "Region of the vaults [as the AWS settings say]")
        ->type_name("REGION");
    app.add_option("--account", access_.account,
                   "Account id that the vaults belong to, 12 digits [that of the credentials]")
        ->type_name("ID");
    if (endpoint == Endpoint::by_option)
        app.add_option("--endpoint", access_.endpoint, "URL of a Glacier-compatible server")
            ->type_name("URL");
    app.add_option("--profile", access_.profile, "Profile in ~/.aws/config")->type_name("NAME");
    app.add_option("-c,--conf", conf_file_,
                   "Configuration of glacier-cmd, read behind /etc/glacier-cmd.conf, "
                   "~/.glacier-cmd and ./.glacier-cmd")
        ->type_name("FILE");
    app.add_option("--connections", access_.connections,
                   "Calls to the service at the same time; each holds a part in memory")
        ->range(1, 64)
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--limit-rate", common.limit_rate,
                   "Bytes or bits a second over the network, such as 2MiB/s or 20Mbit/s")
        ->type_name("RATE");
    app.add_option("--retry-time", common.retry_time,
                   "How long a call that fails in passing is tried again")
        ->capture_default_str()
        ->type_name("DURATION");
    define_keys(app, keys_);
}

void VaultVerb::add_vault(Options& app) {
    app.add_option("vault", vault_, "The vault's name")->required()->type_name("VAULT");
}

void VaultVerb::add_output(Options& app) {
    app.add_option("--output", output_, "print, csv or json")
        ->one_of({"print", "csv", "json"})
        ->default_str("print")
        ->type_name("FORM");
}

void VaultVerb::add_state_dir(Options& app) {
    app.add_option("--state-dir", common.state_dir,
                   "Folder of the list of archives that `vault search` knows [/var/lib/zglacier "
                   "for root, else $XDG_STATE_HOME/zglacier]")
        ->envname("ZGLACIER_STATE_DIR")
        ->type_name("DIR");
}

vault_tools::BookPlace VaultVerb::book_place(vault_tools::Vaults& vaults, Console& console) const {
    const aws::GlacierConfig& config = vaults.glacier().config();
    return {.state_dir = common.state_dir,
            .region = config.region,
            .account = config.account,
            .profile = access_.profile,
            .log = console};
}

Result<void> VaultVerb::prepare(const OldOptions& before, Console& console) {
    const auto environment = aws::Environment::of_process();
    ZG_TRY(conf_, vault_tools::read_glacier_cmd_conf(
                      vault_tools::glacier_cmd_files(environment,
                                                     conf_file_.empty() ? before.conf : conf_file_),
                      environment, console));
    if (access_.region.empty()) access_.region = before.region;
    access_.defaults = {.region = conf_.region, .keys = conf_.keys};
    const std::string& id = keys_.access_key.empty() ? before.access_key : keys_.access_key;
    const Secret& secret = keys_.secret_key.empty() ? before.secret_key : keys_.secret_key;
    if (!id.empty() || !secret.empty()) {
        access_.defaults.keys = {.access_key_id = id,
                                 .secret_access_key = secret,
                                 .where = "command line",
                                 .first = true};
        console.warning(
            "everybody on this machine can see the keys on a command line: write them into "
            "~/.glacier-cmd or ~/.aws/credentials");
    }
    if (output_.empty()) output_ = before.output.empty() ? conf_.output : before.output;
    idle_.insert(idle_.begin(), before.idle.begin(), before.idle.end());
    for (const std::string& word : idle_) console.warning(word);
    return {};
}

Result<std::unique_ptr<vault_tools::Vaults>> VaultVerb::open(World& world, Console& console) const {
    vault_tools::VaultAccess access = access_;
    if (!common.limit_rate.empty()) {
        ZG_TRY(access.limit_rate, parse_rate(common.limit_rate));
    }
    ZG_TRY(access.retry_time, parse_duration(common.retry_time));
    return vault_tools::open_vaults(world, access, console);
}

void VaultVerb::show(const Table& table, const Json& json) const {
    if (common.json || output_ == "json") {
        CommonOptions as_json = common;
        as_json.json = true;
        print_result(as_json, json, "");
    } else {
        fmt::print("{}", output_ == "csv" ? csv_text(table) : plain_text(table));
    }
}

void VaultVerb::tell(const Json& json, const std::string& text) const {
    Table table{.columns = {}, .rows = {{}}};
    for (const auto& [key, value] : json.items()) {
        table.columns.push_back(key);
        table.rows.front().push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    if (common.json || output_ == "json" || output_ == "csv") return show(table, json);
    fmt::print("{}", text);
}

}  // namespace zg::cli
