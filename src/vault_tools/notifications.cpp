#include "vault_tools/notifications.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"
#include "vault_tools/internal/notify.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

Result<std::vector<std::string>> list_topics(const VaultService& service) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->sns().list_topics();
}

Result<std::string> find_topic(const VaultService& service, const std::string& name_or_arn) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return find_topic(vaults->sns(), name_or_arn);
}

Result<std::vector<Subscription>> find_subscriptions(const VaultService& service,
                                                     const SubscriptionFilter& filter) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return find_subscriptions(vaults->sns(), filter);
}

Result<Unsubscribed> unsubscribe(const VaultService& service, const SubscriptionFilter& filter) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return unsubscribe(vaults->sns(), filter);
}

Result<Subscribed> subscribe(const VaultService& service, const TopicSettings::Listener& listener,
                             const std::string& topic, const std::vector<std::string>& vaults) {
    ZG_TRY(const auto there, open_vaults(service));
    const NotifyContext context{
        .glacier = there->glacier(), .sns = there->sns(), .log = service.world.log};
    return subscribe(context, listener, topic, vaults);
}

Result<std::vector<Synced>> sync_notifications(const VaultService& service,
                                               std::vector<TopicSettings> topics) {
    ZG_TRY(const auto vaults, open_vaults(service));
    const NotifyContext context{
        .glacier = vaults->glacier(), .sns = vaults->sns(), .log = service.world.log};
    return sync_notifications(context, std::move(topics));
}

Result<std::optional<Notifications>> notifications_of(const VaultService& service,
                                                      const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return notifications_of(vaults->glacier(), vault);
}

Result<void> stop_notifications(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().delete_notifications(vault);
}

}  // namespace zg::vault_tools
