#include "vault_tools/internal/notify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/result.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/notifications.hpp"

namespace zg::vault_tools {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> all_events() {
    return {"ArchiveRetrievalCompleted", "InventoryRetrievalCompleted"};
}

bool is_arn(const std::string& text) { return text.starts_with("arn:"); }

/// The account in "arn:aws:SERVICE:REGION:ACCOUNT:…".
std::string account_of(const std::string& arn) {
    std::string_view rest = arn;
    for (int field = 0; field < 4; ++field) {
        const std::size_t colon = rest.find(':');
        if (colon == std::string_view::npos) return {};
        rest.remove_prefix(colon + 1);
    }
    return std::string(rest.substr(0, rest.find(':')));
}

struct Topic {
    std::string arn;
    bool made = false;
};

Result<Topic> find_or_create(aws::Sns& sns, const std::string& topic) {
    auto found = find_topic(sns, topic);
    if (found) return Topic{.arn = std::move(*found)};
    if (found.error().kind != ErrorKind::not_found) return fail(std::move(found.error()));
    ZG_TRY(std::string arn, sns.create_topic(topic));
    return Topic{.arn = std::move(arn), .made = true};
}

/// By default only the topic's owner may publish to it.
Result<void> allow_glacier_to_publish(aws::Sns& sns, const std::string& topic_arn,
                                      const std::string& account) {
    ZG_TRY(const std::string policy, sns.get_policy(topic_arn));
    ZG_TRY(const auto changed, with_glacier(policy, topic_arn, account));
    if (!changed) return {};
    return sns.set_policy(topic_arn, *changed);
}

Result<void> notify_topic(const NotifyContext& context, const std::string& vault,
                          const std::string& topic_arn) {
    ZG_TRY(const auto old, notifications_of(context.glacier, vault));
    if (old && old->topic_arn != topic_arn)
        context.log.warning(fmt::format(
            "vault {} notified the topic {} until now; a vault can notify only one topic", vault,
            topic_name(old->topic_arn)));
    const bool same = old && old->topic_arn == topic_arn &&
                      std::ranges::is_permutation(old->events, all_events());
    if (same) return {};
    return context.glacier.set_notifications(vault,
                                             {.sns_topic = topic_arn, .events = all_events()});
}

/// Lets the vaults, which must exist, notify the topic.
Result<void> notify_from(const NotifyContext& context, const std::vector<aws::Vault>& vaults,
                         const std::string& topic_arn) {
    std::set<std::string> accounts;
    for (const aws::Vault& vault : vaults)
        if (const std::string account = account_of(vault.arn); !account.empty())
            accounts.insert(account);
    for (const std::string& account : accounts)
        ZG_CHECK(allow_glacier_to_publish(context.sns, topic_arn, account));
    for (const aws::Vault& vault : vaults) ZG_CHECK(notify_topic(context, vault.name, topic_arn));
    return {};
}

Result<std::vector<aws::Vault>> describe_all(aws::Glacier& glacier,
                                             const std::vector<std::string>& names) {
    std::vector<aws::Vault> vaults;
    for (const std::string& name : names) {
        ZG_TRY(aws::Vault vault, glacier.describe_vault(name));
        vaults.push_back(std::move(vault));
    }
    return vaults;
}

Result<Subscription> listen(aws::Sns& sns, const TopicSettings::Listener& listener,
                            const std::string& topic_arn) {
    ZG_TRY(std::string arn, sns.subscribe(topic_arn, listener.protocol, listener.endpoint));
    return Subscription{.arn = std::move(arn),
                        .topic_arn = topic_arn,
                        .protocol = listener.protocol,
                        .endpoint = listener.endpoint};
}

}  // namespace

std::string topic_name(const std::string& topic_arn) {
    return topic_arn.substr(topic_arn.rfind(':') + 1);
}

Result<std::string> find_topic(aws::Sns& sns, const std::string& name_or_arn) {
    if (is_arn(name_or_arn)) return name_or_arn;
    ZG_TRY(const std::vector<std::string> topics, sns.list_topics());
    const auto found = std::ranges::find(topics, name_or_arn, topic_name);
    if (found != topics.end()) return *found;
    return fail(
        {.kind = ErrorKind::not_found,
         .what = "there is no such topic",
         .where = "topic " + name_or_arn,
         .hint = fmt::format("`zglacier vault notify topics` lists the topics; `zglacier vault "
                             "notify subscribe email YOU@EXAMPLE.ORG {}` creates this one",
                             name_or_arn)});
}

Result<std::string> topic_to_notify(aws::Sns& sns, const std::string& name_or_arn) {
    if (name_or_arn.empty()) return std::string();
    return find_topic(sns, name_or_arn);
}

Result<std::vector<Subscription>> find_subscriptions(aws::Sns& sns,
                                                     const SubscriptionFilter& filter) {
    // By name, so that a deleted topic is not an error: its subscriptions may exist for a while
    // longer.
    ZG_TRY(const std::vector<aws::Subscription> all,
           sns.list_subscriptions(is_arn(filter.topic) ? filter.topic : ""));
    std::vector<Subscription> found;
    for (const aws::Subscription& one : all) {
        const bool topic = filter.topic.empty() || one.topic_arn == filter.topic ||
                           topic_name(one.topic_arn) == filter.topic;
        if (!topic || (!filter.protocol.empty() && one.protocol != filter.protocol) ||
            (!filter.endpoint.empty() && one.endpoint != filter.endpoint))
            continue;
        found.push_back({.arn = one.arn,
                         .topic_arn = one.topic_arn,
                         .protocol = one.protocol,
                         .endpoint = one.endpoint,
                         .owner = one.owner});
    }
    return found;
}

Result<Unsubscribed> unsubscribe(aws::Sns& sns, const SubscriptionFilter& filter) {
    if (filter.protocol.empty() && filter.endpoint.empty() && filter.topic.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "no subscriptions were named",
                     .hint = "give --protocol, --endpoint or --topic; `zglacier vault notify "
                             "subscriptions` lists the subscriptions"});
    Unsubscribed result;
    ZG_TRY(const std::vector<Subscription> found, find_subscriptions(sns, filter));
    for (const Subscription& one : found) {
        if (!is_arn(one.arn)) {
            result.unconfirmed.push_back(one);
            continue;
        }
        ZG_CHECK(sns.unsubscribe(one.arn));
        result.removed.push_back(one);
    }
    return result;
}

Result<Subscribed> subscribe(const NotifyContext& context, const TopicSettings::Listener& listener,
                             const std::string& topic, const std::vector<std::string>& vaults) {
    ZG_TRY(const std::vector<aws::Vault> tellers, describe_all(context.glacier, vaults));
    ZG_TRY(const Topic there, find_or_create(context.sns, topic));
    // Also if it is not a vault's topic: jobs can name it directly.
    if (there.made && tellers.empty())
        ZG_CHECK(allow_glacier_to_publish(context.sns, there.arn, account_of(there.arn)));
    ZG_CHECK(notify_from(context, tellers, there.arn));
    ZG_TRY(Subscription subscription, listen(context.sns, listener, there.arn));
    return Subscribed{.subscription = std::move(subscription), .made_topic = there.made};
}

Result<std::vector<Synced>> sync_notifications(const NotifyContext& context,
                                               std::vector<TopicSettings> topics) {
    std::ranges::stable_partition(topics,
                                  [](const TopicSettings& topic) { return topic.vaults.empty(); });
    ZG_TRY(const std::vector<aws::Vault> every, context.glacier.list_vaults());
    std::vector<std::vector<aws::Vault>> tellers;
    for (const TopicSettings& topic : topics) {
        ZG_TRY(const std::vector<aws::Vault> named, describe_all(context.glacier, topic.vaults));
        tellers.push_back(topic.vaults.empty() ? every : named);
    }
    // A vault can notify only one topic: the last one that lists it.
    std::set<std::string> taken;
    for (std::size_t i = topics.size(); i-- > 0;) {
        const bool wanted = !tellers[i].empty();
        std::erase_if(tellers[i],
                      [&](const aws::Vault& vault) { return !taken.insert(vault.name).second; });
        if (wanted && tellers[i].empty())
            context.log.warning(
                fmt::format("no vault notifies the topic {}: a vault can notify only one topic, "
                            "and all of them are in other sections",
                            topics[i].topic));
    }
    std::vector<Synced> done(topics.size());
    for (std::size_t i = 0; i < topics.size(); ++i) {
        ZG_TRY(const Topic there, find_or_create(context.sns, topics[i].topic));
        ZG_CHECK(notify_from(context, tellers[i], there.arn));
        done[i].topic_arn = there.arn;
        for (const aws::Vault& vault : tellers[i]) done[i].vaults.push_back(vault.name);
        for (const TopicSettings::Listener& listener : topics[i].listeners) {
            ZG_TRY(Subscription subscription, listen(context.sns, listener, there.arn));
            done[i].subscriptions.push_back(std::move(subscription));
        }
    }
    return done;
}

Result<std::optional<Notifications>> notifications_of(aws::Glacier& glacier,
                                                      const std::string& vault) {
    auto there = glacier.get_notifications(vault);
    if (there) return Notifications{.topic_arn = there->sns_topic, .events = there->events};
    if (there.error().kind != ErrorKind::not_found) return fail(std::move(there.error()));
    // The answer is the same if there is no such vault.
    ZG_CHECK(glacier.describe_vault(vault));
    return std::nullopt;
}

Result<std::optional<std::string>> with_glacier(const std::string& policy,
                                                const std::string& topic_arn,
                                                const std::string& account) {
    Json json = Json::parse(
        policy.empty() ? R"({"Version": "2012-10-17", "Statement": []})" : policy, nullptr, false);
    if (!json.is_object() || (json.contains("Statement") && !json["Statement"].is_array() &&
                              !json["Statement"].is_object()))
        return fail({.kind = ErrorKind::unsupported,
                     .what = "the topic's policy cannot be read",
                     .where = topic_arn,
                     .hint = "let glacier.amazonaws.com publish to it by hand: `aws sns "
                             "set-topic-attributes`"});
    Json statements = json.value("Statement", Json::array());
    if (statements.is_object()) statements = Json::array({std::move(statements)});
    const std::string id = "zglacier" + account;
    for (const Json& statement : statements)
        if (statement.is_object() && statement.value("Sid", Json()) == id) return std::nullopt;
    statements.push_back({{"Sid", id},
                          {"Effect", "Allow"},
                          {"Principal", {{"Service", "glacier.amazonaws.com"}}},
                          {"Action", "SNS:Publish"},
                          {"Resource", topic_arn},
                          {"Condition", {{"StringEquals", {{"AWS:SourceOwner", account}}}}}});
    json["Statement"] = std::move(statements);
    return json.dump();
}

}  // namespace zg::vault_tools
