// A vault's tags, and how much may be retrieved.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/vault/verb.hpp"
#include "vault_tools/rules.hpp"

namespace zg::cli {

namespace {

class TagsShow final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault tags show"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const auto tags, vaults->glacier().list_tags(vault_));
        Table table{.columns = {"Name", "Value"}, .rows = {}};
        for (const auto& [name, value] : tags) table.rows.push_back({name, value});
        show(table, {{"vault", vault_}, {"tags", tags}});
        return ExitCode::done;
    }
};

class TagsSet final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault tags set"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("tags", tags_, "Names and values")->required()->type_name("NAME=VALUE");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto tags, vault_tools::parse_tags(tags_));
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().add_tags(vault_, tags));
        tell({{"vault", vault_}, {"tags", tags}}, fmt::format("vault {} is tagged\n", vault_));
        return ExitCode::done;
    }

  private:
    std::vector<std::string> tags_;
};

class TagsRemove final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault tags remove"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("names", names_, "Names of tags")->required()->type_name("NAME");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().remove_tags(vault_, names_));
        tell({{"vault", vault_}, {"removed", names_}},
             fmt::format("removed {}\n", fmt::join(names_, ", ")));
        return ExitCode::done;
    }

  private:
    std::vector<std::string> names_;
};

constexpr const char* limit_text =
    "The data-retrieval policy limits how much may be retrieved from all of the account's vaults "
    "in a region, with the standard tier: only what is free, so many bytes an hour, or no limit. "
    "What goes beyond is refused "
    "(exit code 3), and not paid for.";

class LimitShow final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault retrieval-policy show"; }
    void define(Options& app) override {
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<aws::RetrievalRule> rules,
               vaults->glacier().get_retrieval_policy());
        const aws::RetrievalRule rule =
            rules.empty() ? aws::RetrievalRule{.strategy = "None"} : rules.front();
        tell({{"strategy", rule.strategy},
              {"bytes_per_hour", rule.bytes_per_hour ? Json(*rule.bytes_per_hour) : Json(nullptr)}},
             vault_tools::retrieval_rule_text(rule) + "\n");
        return ExitCode::done;
    }
};

class LimitSet final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault retrieval-policy set"; }
    void define(Options& app) override {
        app.add_option("limit", limit_, "free-tier, none, or bytes an hour, such as 10GiB")
            ->required()
            ->type_name("LIMIT");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const aws::RetrievalRule rule, vault_tools::parse_retrieval_rule(limit_));
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().set_retrieval_policy({rule}));
        tell({{"strategy", rule.strategy},
              {"bytes_per_hour", rule.bytes_per_hour ? Json(*rule.bytes_per_hour) : Json(nullptr)}},
             vault_tools::retrieval_rule_text(rule) + "\n");
        return ExitCode::done;
    }

  private:
    std::string limit_;
};

}  // namespace

std::vector<std::unique_ptr<Verb>> make_vault_tags() {
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(std::make_unique<TagsShow>());
    verbs.push_back(std::make_unique<TagsSet>());
    verbs.push_back(std::make_unique<TagsRemove>());
    verbs.push_back(std::make_unique<LimitShow>());
    verbs.push_back(std::make_unique<LimitSet>());
    return verbs;
}

}  // namespace zg::cli
