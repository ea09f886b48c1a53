// Who is told when a vault's jobs are done.
#include "vault_tools/notify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/vault/verb.hpp"

namespace zg::cli {

namespace {

Json json_of(const std::vector<aws::Subscription>& subscriptions) {
    Json all = Json::array();
    for (const aws::Subscription& one : subscriptions)
        all.push_back(
            {{"account", one.owner},
             {"topic", vault_tools::topic_name(one.topic_arn)},
             {"protocol", one.protocol},
             {"endpoint", one.endpoint},
             {"subscription", one.arn.starts_with("arn:") ? Json(one.arn) : Json(nullptr)}});
    return all;
}

Table table_of(const std::vector<aws::Subscription>& subscriptions) {
    Table table{.columns = {"Account", "Topic", "Protocol", "Endpoint", "ARN"}, .rows = {}};
    for (const aws::Subscription& one : subscriptions)
        table.rows.push_back({one.owner, vault_tools::topic_name(one.topic_arn), one.protocol,
                              one.endpoint, one.arn.empty() ? "PendingConfirmation" : one.arn});
    return table;
}

class NotifyTopics final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify topics"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"lstopic"}; }
    void define(Options& app) override {
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<std::string> topics, vaults->sns().list_topics());
        Table table{.columns = {"Topic", "ARN"}, .rows = {}};
        Json all = Json::array();
        for (const std::string& arn : topics) {
            table.rows.push_back({vault_tools::topic_name(arn), arn});
            all.push_back({{"name", vault_tools::topic_name(arn)}, {"arn", arn}});
        }
        show(table, {{"topics", std::move(all)}});
        return ExitCode::done;
    }
};

/// What looks for subscriptions.
class FilterVerb : public VaultVerb {
  protected:
    void add_filter(Options& app) {
        app.add_option("--protocol", filter_.protocol,
                       "Only those of this protocol: email, https, sms, sqs …")
            ->type_name("PROTOCOL");
        app.add_option("--endpoint", filter_.endpoint,
                       "Only those of this address, URL, number or ARN")
            ->type_name("ENDPOINT");
        app.add_option("--topic", filter_.topic, "Only those of this topic, by name or ARN")
            ->type_name("TOPIC");
    }
    vault_tools::SubscriptionFilter filter_;
};

class NotifySubscriptions final : public FilterVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify subscriptions"; }
    [[nodiscard]] std::vector<std::string> aliases() const override { return {"lssub"}; }
    void define(Options& app) override {
        add_filter(app);
        add_access_options(app, Endpoint::by_environment);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const std::vector<aws::Subscription> found,
               vault_tools::find_subscriptions(vaults->sns(), filter_));
        show(table_of(found), {{"subscriptions", json_of(found)}});
        return ExitCode::done;
    }
};

class NotifySubscribe final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify subscribe"; }
    void define(Options& app) override {
        app.add_option("protocol", listener_.protocol,
                       "email, email-json, http, https, sms, sqs, lambda …")
            ->required()
            ->type_name("PROTOCOL");
        app.add_option("address", listener_.endpoint, "Address, URL, number or ARN")
            ->required()
            ->type_name("ENDPOINT");
        app.add_option("topic", topic_, "Name of the topic, or ARN of one that is there")
            ->required()
            ->type_name("TOPIC");
        app.add_option("--vault", vaults_, "These vaults tell the topic; names divided by commas")
            ->type_name("VAULTS");
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        const std::vector<std::string> names = vault_tools::split_list(vaults_, ',');
        ZG_TRY(const vault_tools::Subscribed done,
               vault_tools::subscribe(
                   {.glacier = vaults->glacier(), .sns = vaults->sns(), .log = console}, listener_,
                   topic_, names));
        const bool waits = done.subscription.arn.empty();
        std::string text =
            fmt::format("{} {} is subscribed to the topic {}{}\n", listener_.protocol,
                        listener_.endpoint, vault_tools::topic_name(done.subscription.topic_arn),
                        waits ? ", and is asked to confirm it" : "");
        if (!names.empty()) text += fmt::format("told by: {}\n", fmt::join(names, ", "));
        tell({{"topic", done.subscription.topic_arn},
              {"made", done.made_topic},
              {"subscription", waits ? Json(nullptr) : Json(done.subscription.arn)},
              {"vaults", names}},
             text);
        return ExitCode::done;
    }

  private:
    vault_tools::TopicSettings::Listener listener_;
    std::string topic_;
    std::string vaults_;
};

class NotifyUnsubscribe final : public FilterVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify unsubscribe"; }
    void define(Options& app) override {
        add_filter(app);
        add_access_options(app, Endpoint::by_environment);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const vault_tools::Unsubscribed done,
               vault_tools::unsubscribe(vaults->sns(), filter_));
        for (const aws::Subscription& one : done.unconfirmed)
            console.warning(fmt::format(
                "{} {} has not confirmed its subscription to {} yet, so that it cannot be ended",
                one.protocol, one.endpoint, vault_tools::topic_name(one.topic_arn)));
        show(table_of(done.removed), {{"subscriptions", json_of(done.removed)}});
        return ExitCode::done;
    }
};

class NotifySync final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify sync"; }
    void define(Options& app) override {
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        std::vector<vault_tools::TopicSettings> topics = conf_.topics;
        if (topics.empty()) topics.push_back({.topic = conf_.topic});
        ZG_TRY(const auto done,
               vault_tools::sync_notifications(
                   {.glacier = vaults->glacier(), .sns = vaults->sns(), .log = console},
                   std::move(topics)));
        Table table{.columns = {"Topic", "Vault", "Subscriptions"}, .rows = {}};
        Json all = Json::array();
        for (const vault_tools::Synced& one : done) {
            std::vector<std::string> listeners;
            for (const aws::Subscription& subscription : one.subscriptions)
                listeners.push_back(
                    fmt::format("{} {}{}", subscription.protocol, subscription.endpoint,
                                subscription.arn.empty() ? " (pending confirmation)" : ""));
            const std::string who = fmt::format("{}", fmt::join(listeners, "; "));
            for (const std::string& vault : one.vaults)
                table.rows.push_back({vault_tools::topic_name(one.topic_arn), vault, who});
            if (one.vaults.empty())
                table.rows.push_back({vault_tools::topic_name(one.topic_arn), "-", who});
            all.push_back({{"topic", one.topic_arn},
                           {"vaults", one.vaults},
                           {"subscriptions", json_of(one.subscriptions)}});
        }
        show(table, {{"topics", std::move(all)}});
        return ExitCode::done;
    }
};

class NotifyShow final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify show"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
        add_output(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_TRY(const auto there, vault_tools::notifications_of(vaults->glacier(), vault_));
        const Json events = there ? Json(there->events) : Json::array();
        tell({{"vault", vault_},
              {"topic", there ? Json(there->sns_topic) : Json(nullptr)},
              {"events", events}},
             there ? fmt::format("vault {} tells {} of {}\n", vault_, there->sns_topic,
                                 fmt::join(there->events, ", "))
                   : fmt::format("vault {} tells no topic\n", vault_));
        return ExitCode::done;
    }
};

class NotifyOff final : public VaultVerb {
  public:
    [[nodiscard]] std::string name() const override { return "vault notify off"; }
    void define(Options& app) override {
        add_vault(app);
        add_access_options(app);
    }
    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto vaults, open(world, console));
        ZG_CHECK(vaults->glacier().delete_notifications(vault_));
        tell({{"vault", vault_}}, fmt::format("vault {} tells no topic\n", vault_));
        return ExitCode::done;
    }
};

}  // namespace

std::vector<std::unique_ptr<Verb>> make_vault_notify() {
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(std::make_unique<NotifyTopics>());
    verbs.push_back(std::make_unique<NotifySubscriptions>());
    verbs.push_back(std::make_unique<NotifySubscribe>());
    verbs.push_back(std::make_unique<NotifyUnsubscribe>());
    verbs.push_back(std::make_unique<NotifySync>());
    verbs.push_back(std::make_unique<NotifyShow>());
    verbs.push_back(std::make_unique<NotifyOff>());
    return verbs;
}

}  // namespace zg::cli
