// What the verbs on vaults share: how the service is reached, ids that begin with a dash, tables.
#pragma once

#include <string>
#include <vector>

#include "cli/vault/old_options.hpp"
#include "cli/verb.hpp"
#include "vault_tools/book.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/session.hpp"

namespace zg::cli {

/// Rows under column names, as text, CSV or JSON.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

class VaultVerb : public Verb {
  public:
    /// Settles how the service is reached and what is printed: by options, then by those before the
    /// verb, then by glacier-cmd's configuration.
    Result<void> prepare(const OldOptions& before, Console& console) override;

  protected:
    /// Where the server's URL comes from; by_environment where --endpoint is something else.
    enum class Endpoint { by_option, by_environment };
    void add_access_options(Options& app, Endpoint endpoint = Endpoint::by_option);
    /// The vault's name, as the first argument.
    void add_vault(Options& app);
    /// --state-dir, for the list of archives.
    void add_state_dir(Options& app);
    [[nodiscard]] vault_tools::BookPlace book_place(vault_tools::Vaults& vaults,
                                                    Console& console) const;
    /// --output print, csv or json.
    void add_output(Options& app);
    Result<std::unique_ptr<vault_tools::Vaults>> open(World& world, Console& console) const;
    /// `json` with --json, else the table in the form that was asked for.
    void show(const Table& table, const Json& json) const;
    /// `json` in the form that was asked for, as CSV its keys and values; `text` for people.
    void tell(const Json& json, const std::string& text) const;

    std::string vault_;
    std::string output_;
    std::string conf_file_;
    vault_tools::VaultAccess access_;
    vault_tools::GlacierCmdConf conf_;
    OldOptions keys_;                ///< as given behind the verb
    std::vector<std::string> idle_;  ///< words on options that have no effect
};

/// What `zglacier vault --help` says of a group of verbs within, such as "notify"; and what the
/// group was called by glacier-cmd, where it was there.
std::string vault_group_brief(const std::string& name);
std::string vault_group_alias(const std::string& name);

/// Puts a mark before arguments that are ids of Amazon's and begin with a dash, so that they are
/// not taken for options; plain_id() takes it away.
std::vector<std::string> mark_ids(int argc, const char* const* argv);
std::string plain_id(const std::string& marked);

std::unique_ptr<Verb> make_vault_create();
std::unique_ptr<Verb> make_vault_list();
std::unique_ptr<Verb> make_vault_describe();
std::unique_ptr<Verb> make_vault_delete();
std::unique_ptr<Verb> make_vault_upload();
std::unique_ptr<Verb> make_vault_retrieve();
std::unique_ptr<Verb> make_vault_download();
std::unique_ptr<Verb> make_vault_remove();
std::unique_ptr<Verb> make_vault_inventory();
std::unique_ptr<Verb> make_vault_jobs();
std::unique_ptr<Verb> make_vault_job();
std::unique_ptr<Verb> make_vault_adopt();
std::unique_ptr<Verb> make_vault_uploads();
std::unique_ptr<Verb> make_vault_abort();
std::unique_ptr<Verb> make_vault_treehash();
std::unique_ptr<Verb> make_vault_search();
/// `vault notify …`
std::vector<std::unique_ptr<Verb>> make_vault_notify();
/// `vault policy …`, `vault lock …`
std::vector<std::unique_ptr<Verb>> make_vault_policy();
/// `vault tags …`, `vault retrieval-policy …`
std::vector<std::unique_ptr<Verb>> make_vault_tags();

}  // namespace zg::cli
