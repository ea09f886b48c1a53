#include "cli/vault/verb.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/vault/old_options.hpp"
#include "cli/vault/options.hpp"
#include "cli/vault/table.hpp"
#include "cli/verb.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"

namespace zg::cli {

namespace {

constexpr std::string_view id_mark = "id:";
// Amazon's archive ids have 138 characters, ids of jobs and uploads 92.
constexpr std::size_t shortest_id = 60;

// Ids of locks are shorter than some options, but no option has a capital letter or a digit.
constexpr std::size_t shortest_lock_id = 16;

bool is_id_with_dash(std::string_view text, std::size_t shortest) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return text.size() >= shortest && text.front() == '-' && std::ranges::all_of(text, good);
}

/// One row of the table.
class VaultVerb final : public Verb {
  public:
    explicit VaultVerb(const VaultRow& row) : row_(row) {}

    [[nodiscard]] std::string name() const override { return std::string("vault ") + row_.name; }
    [[nodiscard]] std::vector<std::string> aliases() const override {
        return {row_.aliases.begin(), row_.aliases.end()};
    }
    void define(Options& app) override {
        for (const VaultOption& option : row_.options) option(app, given_);
    }

    /// Decides how the service is reached and what is printed: by options, then by options before
    /// the verb, then by the configuration of glacier-cmd.
    Result<void> prepare(const OldOptions& before, World& world) override {
        given_.id = plain_id(given_.id);
        for (std::string& id : given_.ids) id = plain_id(id);
        ZG_TRY(conf_, vault_tools::read_glacier_cmd_conf(
                          given_.conf_file.empty() ? before.conf : given_.conf_file, world));
        if (given_.access.region.empty()) given_.access.region = before.region;
        given_.access.default_region = conf_.region;
        choose_keys(before, world.log);
        if (given_.output.empty())
            given_.output = before.output.empty() ? conf_.output : before.output;
        for (const std::string& word : before.idle) world.log.warning(word);
        for (const std::string& word : given_.idle) world.log.warning(word);
        return {};
    }

    Result<ExitCode> run(World& world, Console& /*console*/) override {
        if (!given_.limit_rate.empty()) {
            ZG_TRY(given_.access.limit_rate, parse_rate(given_.limit_rate));
        }
        ZG_TRY(given_.access.retry_time, parse_duration(given_.retry_time));
        return row_.act({.given = given_,
                         .conf = conf_,
                         .common = common,
                         .service = {.world = world, .access = given_.access}});
    }

  private:
    void choose_keys(const OldOptions& before, Log& log) {
        const OldOptions& keys = given_.keys;
        const std::string& id = keys.access_key.empty() ? before.access_key : keys.access_key;
        const Secret& secret = keys.secret_key.empty() ? before.secret_key : keys.secret_key;
        given_.access.keys = conf_.keys;
        if (id.empty() && secret.empty()) return;
        given_.access.keys = {.access_key_id = id,
                              .secret_access_key = secret,
                              .where = "command line",
                              .first = true};
        log.warning(
            "all users of this machine can see the keys on the command line: put them into "
            "~/.glacier-cmd or ~/.aws/credentials");
    }

    const VaultRow& row_;
    Given given_;
    vault_tools::GlacierCmdConf conf_;
};

const VaultGroup* find_group(const std::string& name) {
    const auto groups = vault_groups();
    const auto found = std::ranges::find(groups, name, &VaultGroup::name);
    return found == groups.end() ? nullptr : &*found;
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
    const VaultGroup* group = find_group(name);
    return group == nullptr ? "" : group->brief;
}

std::string vault_group_alias(const std::string& name) {
    const VaultGroup* group = find_group(name);
    return group == nullptr ? "" : group->alias;
}

std::vector<std::unique_ptr<Verb>> make_vault_verbs() {
    std::vector<std::unique_ptr<Verb>> verbs;
    for (const VaultRow& row : vault_table()) verbs.push_back(std::make_unique<VaultVerb>(row));
    return verbs;
}

}  // namespace zg::cli
