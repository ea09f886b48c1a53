// Vaults themselves: create, list, describe, delete.
#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/vault/verb.hpp"

namespace zg::cli {

namespace {

Json json_of(const aws::Vault& vault) {
    return {
        {"name", vault.name},
        {"arn", vault.arn},
        {"created", rfc3339_utc(vault.created)},
        {"inventoried", vault.inventoried ? Json(rfc3339_utc(*vault.inventoried)) : Json(nullptr)},
        {"archives", vault.archives},
        {"size", vault.size}};
}

Table table_of(const std::vector<aws::Vault>& vaults) {
    Table table{.columns = {"Vault", "Archives", "Size", "Created", "Last inventory", "ARN"},
                .rows = {}};
    for (const aws::Vault& vault : vaults)
        table.rows.push_back({vault.name, std::to_string(vault.archives),
                              std::to_string(vault.size), rfc3339_utc(vault.created),
                              vault.inventoried ? rfc3339_utc(*vault.inventoried) : "none yet",
                              vault.arn});
    return table;
}

class VaultCreate final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault create"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"mkvault"}; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().create_vault(vault_));
        tell({{"vault", vault_}}, fmt::format("vault {} is there\n", vault_));
        return ExitCode::done;
    }
};

class VaultList final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault list"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"lsvault"}; }
    void define(Options& app) override {
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<aws::Vault> list, vaults->glacier().list_vaults());
        Json all = Json::array();
        for (const aws::Vault& vault : list) all.push_back(json_of(vault));
        show(table_of(list), {{"vaults", std::move(all)}});
        return ExitCode::done;
    }
};

class VaultDescribe final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault describe"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"describevault"}; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const aws::Vault vault, vaults->glacier().describe_vault(vault_));
        show(table_of({vault}), {{"vaults", Json::array({json_of(vault)})}});
        return ExitCode::done;
    }
};

class VaultDelete final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault delete"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"rmvault"}; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().delete_vault(vault_));
        tell({{"vault", vault_}}, fmt::format("vault {} is deleted\n", vault_));
        return ExitCode::done;
    }
};

}  // namespace

std::unique_ptr<Verb> make_vault_create() { return std::make_unique<VaultCreate>(); }
std::unique_ptr<Verb> make_vault_list() { return std::make_unique<VaultList>(); }
std::unique_ptr<Verb> make_vault_describe() { return std::make_unique<VaultDescribe>(); }
std::unique_ptr<Verb> make_vault_delete() { return std::make_unique<VaultDelete>(); }

}  // namespace zg::cli
