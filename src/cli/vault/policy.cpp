// Who may do what with a vault: its access policy, and its lock.
#include <fmt/format.h>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/output/question.hpp"
#include "cli/vault/verb.hpp"
#include "vault_tools/rules.hpp"

namespace zg::cli {

namespace {

/// As an object, where it is one.
Json policy_json(const std::string& policy) {
    Json json = Json::parse(policy, nullptr, false);
    return json.is_discarded() ? Json(policy) : json;
}

std::string policy_text(const std::string& policy) {
    const Json json = policy_json(policy);
    return (json.is_string() ? policy : json.dump(2)) + "\n";
}

/// A vault, and a policy from a file.
class PolicyFileVerb : public VaultVerb {
  protected:
    void add_file(Options& app) {
        add_vault(app);
        app.add_option("file", file_,
                       "File with the policy, JSON; standard input where it is missing or -")
            ->type_name("FILE");
    }
    [[nodiscard]] Result<std::string> policy() const {
        ZG_TRY(const auto source, open_input(file_.empty() ? "-" : file_));
        auto text = vault_tools::read_policy(*source);
        if (!text) text.error().where = file_.empty() || file_ == "-" ? "standard input" : file_;
        return text;
    }

  private:
    std::string file_;
};

class PolicyShow final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault policy show"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        auto policy = vaults->glacier().get_access_policy(vault_);
        if (!policy && policy.error().kind == ErrorKind::not_found)
            policy.error().what = "there is no such vault, or it has no access policy";
        ZG_CHECK(policy);
        tell({{"vault", vault_}, {"policy", policy_json(*policy)}}, policy_text(*policy));
        return ExitCode::done;
    }
};

class PolicySet final : public PolicyFileVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault policy set"; }
    void define(Options& app) override {
        add_file(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const std::string text, policy());
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().set_access_policy(vault_, text));
        tell({{"vault", vault_}}, fmt::format("vault {} has the access policy\n", vault_));
        return ExitCode::done;
    }
};

class PolicyRemove final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault policy remove"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().delete_access_policy(vault_));
        tell({{"vault", vault_}}, fmt::format("vault {} has no access policy\n", vault_));
        return ExitCode::done;
    }
};

class LockShow final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault lock show"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        auto lock = vaults->glacier().get_lock(vault_);
        if (!lock && lock.error().kind == ErrorKind::not_found)
            lock.error().what = "there is no such vault, or it has no lock";
        ZG_CHECK(lock);
        const std::string until =
            lock->expires
                ? fmt::format(", dropped at {} unless it is completed", rfc3339_utc(*lock->expires))
                : "";
        tell({{"vault", vault_},
              {"state", lock->state},
              {"created", rfc3339_utc(lock->created)},
              {"expires", lock->expires ? Json(rfc3339_utc(*lock->expires)) : Json(nullptr)},
              {"policy", policy_json(lock->policy)}},
             fmt::format("vault {}: {} since {}{}\n{}", vault_, lock->state,
                         rfc3339_utc(lock->created), until, policy_text(lock->policy)));
        return ExitCode::done;
    }
};

constexpr const char* lock_text =
    "A vault lock is a policy that, once complete, nobody can change or remove, Amazon included, "
    "as long as the vault is there: such as one that denies glacier:DeleteArchive to everybody "
    "until an archive is a year "
    "old. It is set in two steps. `vault lock start` puts it in force to be tried out, and prints "
    "the lock's id; within 24 hours `vault lock complete` makes it final, or `vault lock abort` "
    "drops it. After 24 hours "
    "it drops itself. Where the id is lost: abort, and start again.";

class LockStart final : public PolicyFileVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault lock start"; }
    void define(Options& app) override {
        add_file(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const std::string text, policy());
        ZG_TRY(const auto vaults, open(world, console));
        const TimePoint end = world.clock.now() + std::chrono::hours(24);
        ZG_TRY(const std::string lock, vaults->glacier().initiate_lock(vault_, text));
        console.warning(
            "once it is complete this lock can never be changed or taken back: try it out before");
        console.hint(
            fmt::format("until {}: zglacier vault lock complete {} {}, or zglacier vault lock "
                        "abort {}; later it drops itself",
                        rfc3339_utc(end), vault_, lock, vault_));
        tell({{"vault", vault_}, {"lock", lock}, {"expires", rfc3339_utc(end)}},
             fmt::format("lock id {}\nit must be completed within 24 hours, and can never be taken "
                         "back then\n",
                         lock));
        return ExitCode::done;
    }
};

class LockComplete final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault lock complete"; }
    void define(Options& app) override {
        add_vault(app);
        app.add_option("lock", lock_, "Id of the lock, as `vault lock start` printed it")
            ->required()
            ->type_name("LOCK");
        app.add_flag("--yes", yes_, "Do not ask");
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        if (!yes_) {
            ZG_TRY(const aws::VaultLock lock, vaults->glacier().get_lock(vault_));
            fmt::print(stderr, "{}", policy_text(lock.policy));
            ZG_TRY(const bool yes,
                   ask(fmt::format("lock vault {} with this policy for ever?", vault_),
                       "a lock that is complete can never be taken back",
                       "add --yes to lock the vault for ever"));
            if (!yes) {
                console.info("nothing was locked");
                return ExitCode::failed;
            }
        }
        ZG_CHECK(vaults->glacier().complete_lock(vault_, plain_id(lock_)));
        tell({{"vault", vault_}, {"state", "Locked"}},
             fmt::format("vault {} is locked for ever\n", vault_));
        return ExitCode::done;
    }

  private:
    std::string lock_;
    bool yes_ = false;
};

class LockAbort final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault lock abort"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().abort_lock(vault_));
        tell({{"vault", vault_}}, fmt::format("vault {} has no lock\n", vault_));
        return ExitCode::done;
    }
};

}  // namespace

std::vector<std::unique_ptr<Verb>> make_vault_policy() {
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(std::make_unique<PolicyShow>());
    verbs.push_back(std::make_unique<PolicySet>());
    verbs.push_back(std::make_unique<PolicyRemove>());
    verbs.push_back(std::make_unique<LockShow>());
    verbs.push_back(std::make_unique<LockStart>());
    verbs.push_back(std::make_unique<LockComplete>());
    verbs.push_back(std::make_unique<LockAbort>());
    return verbs;
}

}  // namespace zg::cli
