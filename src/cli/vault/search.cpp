// What this machine knows of archives in vaults.
#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/vault/verb.hpp"
#include "vault_tools/book.hpp"

namespace zg::cli {

namespace {

std::string known_of(const store::BookInventory& one) {
    if (one.date)
        return fmt::format("vault {} in {}: inventory of {}, and what was uploaded from here since",
                           one.vault.name, one.vault.region, rfc3339_utc(*one.date));
    return fmt::format(
        "vault {} in {}: only what was uploaded from here; `zglacier vault inventory {}` gets the "
        "rest",
        one.vault.name, one.vault.region, one.vault.name);
}

class VaultSearch final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault search"; }
    void define(Options& app) override {
        app.add_option("vault", query_.vault, "Only in this vault")->type_name("VAULT");
        app.add_option("text", query_.text, "Part of the description, the file's name or the id")
            ->type_name("TEXT");
        app.add_option("--filename", query_.file,
                       "Part of the file's name; of the description where an inventory told of it")
            ->type_name("TEXT");
        app.add_option("--searchterm", query_.description, "Part of the description")
            ->type_name("TEXT");
        app.add_option("--region", access_.region, "Only vaults of this region")
            ->type_name("REGION");
        add_state_dir(app);
        add_output(app);
    }
    Result<ExitCode> run(World& /*world*/, Console& console) override {
        query_.region = access_.region;
        ZG_TRY(const vault_tools::Search search,
               vault_tools::search_archives(common.state_dir, query_));
        Table table{.columns = {"Vault", "Archive", "Size", "Created", "Tree hash", "Description"},
                    .rows = {}};
        Json archives = Json::array();
        for (const store::BookEntry& one : search.entries) {
            const std::string shown = vault_tools::shown_description(one.description);
            table.rows.push_back({one.vault.name, one.archive, std::to_string(one.size),
                                  rfc3339_utc(one.created), one.tree_hash.hex(), shown});
            archives.push_back({{"vault", one.vault.name},
                                {"region", one.vault.region},
                                {"archive", one.archive},
                                {"size", one.size},
                                {"created", rfc3339_utc(one.created)},
                                {"tree_hash", one.tree_hash.hex()},
                                {"description", one.description},
                                {"name", shown == one.description ? Json(nullptr) : Json(shown)},
                                {"file", one.file.empty() ? Json(nullptr) : Json(one.file)}});
        }
        Json vaults = Json::array();
        for (const store::BookInventory& one : search.vaults) {
            console.info(known_of(one));
            vaults.push_back(
                {{"vault", one.vault.name},
                 {"region", one.vault.region},
                 {"inventory", one.date ? Json(rfc3339_utc(*one.date)) : Json(nullptr)}});
        }
        if (search.vaults.empty())
            console.hint(
                fmt::format("nothing is known of {}: `zglacier vault inventory {}` asks for an "
                            "inventory, and hours later takes it in",
                            query_.vault.empty() ? "any vault" : "vault " + query_.vault,
                            query_.vault.empty() ? "VAULT" : query_.vault));
        show(table, {{"archives", std::move(archives)}, {"vaults", std::move(vaults)}});
        return ExitCode::done;
    }

  private:
    store::BookQuery query_;
};

}  // namespace

std::unique_ptr<Verb> make_vault_search() { return std::make_unique<VaultSearch>(); }

}  // namespace zg::cli
