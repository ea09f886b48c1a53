// The options of the vault verbs, as the table of verbs (cli/vault/table.cpp) takes them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/vault/old_options.hpp"
#include "vault_tools/service.hpp"

namespace zg::cli {

/// The arguments of a vault verb. A verb reads those that its row has options for.
struct Given {
    std::string vault{};
    std::vector<std::string> ids{};  ///< of archives or unfinished uploads
    std::string id{};                ///< of an archive, a job, a lock or an unfinished upload
    std::vector<std::string> files{};
    std::string file{};
    bool overwrite = false;
    bool refresh = false;
    bool yes = false;
    std::string state_dir{};
    std::string tier = "standard";

    // upload; search has the texts too
    std::string description{};
    std::string name{};  ///< of a file
    std::string text{};
    std::string part_size{};
    std::uint64_t part_mib = 0;
    std::string size{};
    bool standard_input = false;
    bool bacula = false;

    // tags, retrieval-policy
    std::vector<std::string> tags{};  ///< NAME=VALUE, or names
    std::string limit{};

    // notify
    std::string topic{};  ///< by name or ARN
    std::string protocol{};
    std::string endpoint{};  ///< an address
    std::string vaults{};    ///< separated by commas

    // adopt
    std::string dataset{};
    std::string host{};
    std::string prices{};
    bool full = false;
    bool prove = false;
    bool release = false;

    // how the service is reached, and what is printed
    vault_tools::VaultAccess access{};
    std::string limit_rate{};
    std::string retry_time = "30m";
    std::string conf_file{};
    OldOptions keys{};
    std::string output{};             ///< "print", "csv", "json"
    std::vector<std::string> idle{};  ///< warnings about options that have no effect
};

/// Adds an option, or several that belong together, to a verb's command line. Values are
/// stored in `given`, which outlives the parsing.
using VaultOption = std::function<void(Options& app, Given& given)>;

// An option of one row: "--long", or "word" for an argument. `type` is what --help calls its value.

template <class T>
VaultOption option(const char* name, T Given::* into, const char* type, const char* help) {
    return [=](Options& app, Given& given) {
        app.add_option(name, given.*into, help)->type_name(type);
    };
}

template <class T>
VaultOption required(const char* name, T Given::* into, const char* type, const char* help) {
    return [=](Options& app, Given& given) {
        app.add_option(name, given.*into, help)->required()->type_name(type);
    };
}

inline VaultOption flag(const char* name, bool Given::* into, const char* help) {
    return [=](Options& app, Given& given) { app.add_flag(name, given.*into, help); };
}

/// An option that old scripts may have, and that has no effect.
VaultOption ignored(IdleOption one);

// Options that several rows share.

/// VAULT, the first argument.
void vault_name(Options& app, Given& given);
/// ARCHIVE…, at least one.
void archive_ids(Options& app, Given& given);
/// [FILE], of a policy.
void policy_file(Options& app, Given& given);
/// --tier
VaultOption tier(const char* help);
/// --notify, the topic for what is requested
VaultOption notify(const char* help);
/// --state-dir
VaultOption state_dir(const char* help);
/// --state-dir, of the list of archives
void book_dir(Options& app, Given& given);
/// --protocol, --endpoint and --topic of subscriptions
void subscription_filter(Options& app, Given& given);
/// --output print, csv or json
void output(Options& app, Given& given);
/// How the service is reached: --region, --account, --endpoint …
void access(Options& app, Given& given);
/// The same without --endpoint, which means something else to the verb.
void access_by_environment(Options& app, Given& given);

}  // namespace zg::cli
