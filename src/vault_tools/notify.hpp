// Who is told when a vault's jobs are done: topics of the notification service, their
// subscriptions, and the vaults that tell them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/log.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"

namespace zg::vault_tools {

/// "done" of "arn:aws:sns:eu-central-1:111122223333:done".
std::string topic_name(const std::string& topic_arn);
/// The ARN of a topic that is there, given by name; an ARN is not looked for. not_found, with a
/// hint.
Result<std::string> find_topic(aws::Sns& sns, const std::string& name_or_arn);

/// Looks for subscriptions; what is empty may be anything. `topic`: name or ARN.
struct SubscriptionFilter {
    std::string protocol{};
    std::string endpoint{};
    std::string topic{};
};
Result<std::vector<aws::Subscription>> find_subscriptions(aws::Sns& sns,
                                                          const SubscriptionFilter& filter);

struct Unsubscribed {
    std::vector<aws::Subscription> removed;
    /// cannot be removed; the service forgets them after two days
    std::vector<aws::Subscription> unconfirmed;
};
/// Removes what the filter finds; usage where the filter is empty.
Result<Unsubscribed> unsubscribe(aws::Sns& sns, const SubscriptionFilter& filter);

struct Subscribed {
    aws::Subscription subscription;  ///< its ARN is empty while it waits for the confirmation
    bool made_topic = false;
};
/// What notifications work with. References outlive it.
struct NotifyContext {
    aws::Glacier& glacier;
    aws::Sns& sns;
    Log& log;
};
/// Makes the topic where it is missing (a name, not an ARN), subscribes `listener`, and lets the
/// vaults of `topic` tell the topic of their jobs; none where it names none. Nothing is changed
/// where one of the vaults is missing. That a vault told another topic until now is told to the
/// log.
Result<Subscribed> subscribe(const NotifyContext& context, const TopicSettings::Listener& listener,
                             const std::string& topic, const std::vector<std::string>& vaults);

struct Synced {
    std::string topic_arn;
    std::vector<std::string> vaults;
    std::vector<aws::Subscription> subscriptions;  ///< as Subscribed::subscription
};
/// Brings the service in line with what `topics` say, those for every vault first, so that a vault
/// which a topic names tells that one. Nothing else is removed.
Result<std::vector<Synced>> sync_notifications(const NotifyContext& context,
                                               std::vector<TopicSettings> topics);

/// The vault's configuration; nothing where it tells no topic. not_found where there is no vault.
Result<std::optional<aws::Notifications>> notifications_of(aws::Glacier& glacier,
                                                           const std::string& vault);

/// `policy` (JSON, or empty) with a statement that lets Glacier publish to the topic for the
/// account, nothing where it has that already; unsupported where it is no policy.
Result<std::optional<std::string>> with_glacier(const std::string& policy,
                                                const std::string& topic_arn,
                                                const std::string& account);

}  // namespace zg::vault_tools
