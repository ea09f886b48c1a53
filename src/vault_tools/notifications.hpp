// Who is notified when a vault's jobs are done: topics, their subscriptions, and the vaults that
// notify them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// "done" of "arn:aws:sns:eu-central-1:111122223333:done".
std::string topic_name(const std::string& topic_arn);

/// The topics' ARNs.
Result<std::vector<std::string>> list_topics(const VaultService& service);
/// The ARN of an existing topic, given by its name; an ARN is returned as it is. not_found.
Result<std::string> find_topic(const VaultService& service, const std::string& name_or_arn);

struct Subscription {
    /// empty if the subscription was just made, "PendingConfirmation" if it was found: until the
    /// subscriber confirms it
    std::string arn;
    std::string topic_arn;
    std::string protocol;  ///< "email", "https", …
    std::string endpoint;  ///< the address
    std::string owner{};   ///< an account id
};

/// Which subscriptions; what is empty matches everything. `topic`: name or ARN.
struct SubscriptionFilter {
    std::string protocol{};
    std::string endpoint{};
    std::string topic{};
};
Result<std::vector<Subscription>> find_subscriptions(const VaultService& service,
                                                     const SubscriptionFilter& filter);

struct Unsubscribed {
    std::vector<Subscription> removed{};
    /// cannot be removed; the service forgets them after two days
    std::vector<Subscription> unconfirmed{};
};
/// Removes the subscriptions that match; usage if the filter is empty.
Result<Unsubscribed> unsubscribe(const VaultService& service, const SubscriptionFilter& filter);

struct Subscribed {
    Subscription subscription;
    bool made_topic = false;
};
/// Creates the topic if it does not exist (and is a name, not an ARN), subscribes `listener`, and
/// lets the vaults notify the topic. Changes nothing if one of the vaults does not exist. Logs a
/// warning if a vault notified another topic until now.
Result<Subscribed> subscribe(const VaultService& service, const TopicSettings::Listener& listener,
                             const std::string& topic, const std::vector<std::string>& vaults);

struct Synced {
    std::string topic_arn;
    std::vector<std::string> vaults{};
    std::vector<Subscription> subscriptions{};  ///< as Subscribed::subscription
};
/// Makes the service match `topics`; those for every vault come first, so that a vault named by a
/// topic notifies that one. Nothing is removed.
Result<std::vector<Synced>> sync_notifications(const VaultService& service,
                                               std::vector<TopicSettings> topics);

struct Notifications {
    std::string topic_arn;
    /// "ArchiveRetrievalCompleted", "InventoryRetrievalCompleted"
    std::vector<std::string> events{};
};
/// Nothing if the vault notifies no topic. not_found if there is no such vault.
Result<std::optional<Notifications>> notifications_of(const VaultService& service,
                                                      const std::string& vault);
Result<void> stop_notifications(const VaultService& service, const std::string& vault);

}  // namespace zg::vault_tools
