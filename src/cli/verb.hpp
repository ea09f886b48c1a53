// What all verbs share: options, the session, how the result is printed.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "ops/keys.hpp"
#include "ops/session.hpp"

namespace zg::cli {

using Json = nlohmann::ordered_json;

/// Options that several verbs share.
struct CommonOptions {
    ops::StoreAccess store;
    std::string limit_rate;
    std::string retry_time = "30m";
    std::string state_dir;
    std::vector<std::string> identities;
    std::string passphrase_file;
    bool json = false;
    bool quiet = false;
    bool dry_run = false;
};

struct OldOptions;

/// One verb of the program.
class Verb {
  public:
    virtual ~Verb() = default;
    /// "backup", "stream inspect"; its text is in cli/text/, in a file of that name with dashes.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Other names: those of glacier-cmd.
    [[nodiscard]] virtual std::vector<std::string> aliases() const { return {}; }
    /// Adds the verb's options to its subcommand.
    virtual void define(Options& app) = 0;
    /// Takes the options of the verb's group that were given before the verb. Called once, before
    /// run().
    virtual Result<void> prepare(const OldOptions& /*before*/, World& /*world*/) { return {}; }
    /// Runs the verb and prints its result.
    virtual Result<ExitCode> run(World& world, Console& console) = 0;

    CommonOptions common;

  protected:
    /// --store and related options, --state-dir: for verbs that open a store.
    void add_store_options(Options& app);
    /// The values of add_store_options(), checked.
    [[nodiscard]] Result<ops::StoreAccess> store_access() const;
    /// --identity and --passphrase-file: for verbs that open encrypted archives, or show their
    /// names.
    void add_key_options(Options& app);
    /// The keys of add_key_options(), read; prompts for a passphrase on the terminal.
    [[nodiscard]] Result<ops::Keys> read_keys() const;
    void add_dry_run(Options& app);
    void add_s3_options(Options& app);
    /// --connections, --limit-rate, --retry-time, and --state-dir with its own help: part of
    /// add_store_options().
    void add_tuning_options(Options& app, const std::string& state_dir_help);
    /// `dataset`, without a snapshot after an '@', names the vault if the URL is only "glacier:".
    Result<std::unique_ptr<ops::Session>> open_session(World& world, bool needs_state,
                                                       const std::string& dataset = {}) const;
    [[nodiscard]] Result<ops::SessionOptions> session_options(bool needs_state,
                                                              const std::string& dataset) const;
};

/// Writes the result to standard output: `json` with --json, else `text`.
void print_result(const CommonOptions& common, const Json& json, const std::string& text);

/// All verbs, in the order in which the help shows them.
std::vector<std::unique_ptr<Verb>> make_verbs();

/// The program's zfs command: ZGLACIER_ZFS, or "zfs".
std::string zfs_program(const Environment& environment);

std::unique_ptr<Verb> make_init();
std::unique_ptr<Verb> make_backup();
std::unique_ptr<Verb> make_list();
std::unique_ptr<Verb> make_verify();
std::unique_ptr<Verb> make_restore();
std::unique_ptr<Verb> make_thaw();
std::unique_ptr<Verb> make_copy();
std::unique_ptr<Verb> make_policy();
std::unique_ptr<Verb> make_key_generate();
std::unique_ptr<Verb> make_key_check();
std::unique_ptr<Verb> make_stream_inspect();
std::unique_ptr<Verb> make_catalog_rebuild();

}  // namespace zg::cli
