// Implements vault_tools/notifications.hpp on open clients.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "aws/sns/sns.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/notifications.hpp"

namespace zg::vault_tools {

/// What these functions work with. References outlive it.
struct NotifyContext {
    aws::Glacier& glacier;
    aws::Sns& sns;
    Log& log;
};

Result<std::string> find_topic(aws::Sns& sns, const std::string& name_or_arn);
/// As find_topic(); empty if no topic is given.
Result<std::string> topic_to_notify(aws::Sns& sns, const std::string& name_or_arn);
Result<std::vector<Subscription>> find_subscriptions(aws::Sns& sns,
                                                     const SubscriptionFilter& filter);
Result<Unsubscribed> unsubscribe(aws::Sns& sns, const SubscriptionFilter& filter);
Result<Subscribed> subscribe(const NotifyContext& context, const TopicSettings::Listener& listener,
                             const std::string& topic, const std::vector<std::string>& vaults);
Result<std::vector<Synced>> sync_notifications(const NotifyContext& context,
                                               std::vector<TopicSettings> topics);
Result<std::optional<Notifications>> notifications_of(aws::Glacier& glacier,
                                                      const std::string& vault);

/// `policy` (JSON, or empty) with a statement added that lets Glacier publish to the topic for the
/// account; nothing if it has that already; unsupported if it is not a policy.
Result<std::optional<std::string>> with_glacier(const std::string& policy,
                                                const std::string& topic_arn,
                                                const std::string& account);

}  // namespace zg::vault_tools
