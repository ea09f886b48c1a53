// Notifications when a vault's jobs are done.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/call.hpp"
#include "cli/vault/options.hpp"
#include "cli/verb.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/notifications.hpp"

namespace zg::cli {

namespace {

Json json_of(const std::vector<vault_tools::Subscription>& subscriptions) {
    Json all = Json::array();
    for (const vault_tools::Subscription& one : subscriptions)
        all.push_back(
            {{"account", one.owner},
             {"topic", vault_tools::topic_name(one.topic_arn)},
             {"protocol", one.protocol},
             {"endpoint", one.endpoint},
             {"subscription", one.arn.starts_with("arn:") ? Json(one.arn) : Json(nullptr)}});
    return all;
}

void print_subscriptions(const VaultCall& call,
                         const std::vector<vault_tools::Subscription>& subscriptions) {
    Table table{.columns = {"Account", "Topic", "Protocol", "Endpoint", "ARN"}};
    for (const vault_tools::Subscription& one : subscriptions)
        table.rows.push_back({one.owner, vault_tools::topic_name(one.topic_arn), one.protocol,
                              one.endpoint, one.arn.empty() ? "PendingConfirmation" : one.arn});
    call.print(table, {{"subscriptions", json_of(subscriptions)}});
}

/// "email me@example.org; https https://example.org (pending confirmation)"
std::string listeners_text(const std::vector<vault_tools::Subscription>& subscriptions) {
    std::vector<std::string> listeners;
    for (const vault_tools::Subscription& one : subscriptions)
        listeners.push_back(fmt::format("{} {}{}", one.protocol, one.endpoint,
                                        one.arn.empty() ? " (pending confirmation)" : ""));
    return fmt::format("{}", fmt::join(listeners, "; "));
}

vault_tools::SubscriptionFilter filter_of(const Given& given) {
    return {.protocol = given.protocol, .endpoint = given.endpoint, .topic = given.topic};
}

}  // namespace

Result<ExitCode> vault_notify_topics(const VaultCall& call) {
    ZG_TRY(const auto topics, vault_tools::list_topics(call.service));
    Table table{.columns = {"Topic", "ARN"}};
    Json all = Json::array();
    for (const std::string& arn : topics) {
        table.rows.push_back({vault_tools::topic_name(arn), arn});
        all.push_back({{"name", vault_tools::topic_name(arn)}, {"arn", arn}});
    }
    call.print(table, {{"topics", std::move(all)}});
    return ExitCode::done;
}

Result<ExitCode> vault_notify_subscriptions(const VaultCall& call) {
    ZG_TRY(const auto found, vault_tools::find_subscriptions(call.service, filter_of(call.given)));
    print_subscriptions(call, found);
    return ExitCode::done;
}

Result<ExitCode> vault_notify_subscribe(const VaultCall& call) {
    const Given& given = call.given;
    const std::vector<std::string> names = vault_tools::split_list(given.vaults, ',');
    ZG_TRY(const auto done,
           vault_tools::subscribe(call.service,
                                  {.protocol = given.protocol, .endpoint = given.endpoint},
                                  given.topic, names));
    const bool waits = done.subscription.arn.empty();
    std::string text =
        fmt::format("{} {} is subscribed to the topic {}{}\n", given.protocol, given.endpoint,
                    vault_tools::topic_name(done.subscription.topic_arn),
                    waits ? ", and has been asked to confirm" : "");
    if (!names.empty()) text += fmt::format("notified by: {}\n", fmt::join(names, ", "));
    call.print({{"topic", done.subscription.topic_arn},
                {"created", done.made_topic},
                {"subscription", waits ? Json(nullptr) : Json(done.subscription.arn)},
                {"vaults", names}},
               text);
    return ExitCode::done;
}

Result<ExitCode> vault_notify_unsubscribe(const VaultCall& call) {
    ZG_TRY(const auto done, vault_tools::unsubscribe(call.service, filter_of(call.given)));
    for (const vault_tools::Subscription& one : done.unconfirmed)
        call.service.world.log.warning(
            fmt::format("{} {} has not confirmed its subscription to {} yet, so it cannot be ended",
                        one.protocol, one.endpoint, vault_tools::topic_name(one.topic_arn)));
    print_subscriptions(call, done.removed);
    return ExitCode::done;
}

Result<ExitCode> vault_notify_sync(const VaultCall& call) {
    std::vector<vault_tools::TopicSettings> topics = call.conf.topics;
    if (topics.empty()) topics.push_back({.topic = call.conf.topic});
    ZG_TRY(const auto done, vault_tools::sync_notifications(call.service, std::move(topics)));
    Table table{.columns = {"Topic", "Vault", "Subscriptions"}};
    Json all = Json::array();
    for (const vault_tools::Synced& one : done) {
        const std::string topic = vault_tools::topic_name(one.topic_arn);
        const std::string listeners = listeners_text(one.subscriptions);
        for (const std::string& vault : one.vaults) table.rows.push_back({topic, vault, listeners});
        if (one.vaults.empty()) table.rows.push_back({topic, "-", listeners});
        all.push_back({{"topic", one.topic_arn},
                       {"vaults", one.vaults},
                       {"subscriptions", json_of(one.subscriptions)}});
    }
    call.print(table, {{"topics", std::move(all)}});
    return ExitCode::done;
}

Result<ExitCode> vault_notify_show(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_TRY(const auto found, vault_tools::notifications_of(call.service, vault));
    call.print({{"vault", vault},
                {"topic", found ? Json(found->topic_arn) : Json(nullptr)},
                {"events", found ? Json(found->events) : Json::array()}},
               found ? fmt::format("vault {} notifies {} of {}\n", vault, found->topic_arn,
                                   fmt::join(found->events, ", "))
                     : fmt::format("vault {} notifies no topic\n", vault));
    return ExitCode::done;
}

Result<ExitCode> vault_notify_off(const VaultCall& call) {
    const std::string& vault = call.given.vault;
    ZG_CHECK(vault_tools::stop_notifications(call.service, vault));
    call.print({{"vault", vault}}, fmt::format("vault {} notifies no topic\n", vault));
    return ExitCode::done;
}

}  // namespace zg::cli
