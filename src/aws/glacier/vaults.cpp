// Vaults, their notifications and their tags.
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/calls.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::aws {

namespace {

using Json = nlohmann::json;

Vault vault_of(const Json& json) {
    return {.arn = text_of(json, "VaultARN"),
            .name = text_of(json, "VaultName"),
            .created = time_of(json, "CreationDate").value_or(TimePoint{}),
            .inventoried = time_of(json, "LastInventoryDate"),
            .archives = number_of(json, "NumberOfArchives"),
            .size = number_of(json, "SizeInBytes")};
}

}  // namespace

Result<void> GlacierCalls::create_vault(const std::string& vault) {
    ZG_CHECK(check_vault_name(vault));
    return done(call(on(vault, "PUT", "glacier:CreateVault")));
}

Result<Vault> GlacierCalls::describe_vault(const std::string& vault) {
    ZG_CHECK(check_vault_name(vault));
    ZG_TRY(const Json json, call_json(on(vault, "GET", "glacier:DescribeVault")));
    return vault_of(json);
}

Result<std::vector<Vault>> GlacierCalls::list_vaults() {
    ZG_TRY(const auto entries, list_pages({.method = "GET",
                                           .action = "glacier:ListVaults",
                                           .path = "/vaults",
                                           .where = "the vaults in " + config_.region},
                                          "VaultList"));
    std::vector<Vault> vaults;
    for (const Json& entry : entries) vaults.push_back(vault_of(entry));
    return vaults;
}

Result<void> GlacierCalls::delete_vault(const std::string& vault) {
    ZG_CHECK(check_vault_name(vault));
    return done(call(on(vault, "DELETE", "glacier:DeleteVault")));
}

Result<void> GlacierCalls::set_notifications(const std::string& vault,
                                             const Notifications& notifications) {
    return done(
        send_json(on(vault, "PUT", "glacier:SetVaultNotifications", "/notification-configuration"),
                  {{"SNSTopic", notifications.sns_topic}, {"Events", notifications.events}}));
}

Result<Notifications> GlacierCalls::get_notifications(const std::string& vault) {
    ZG_TRY(const Json json, call_json(on(vault, "GET", "glacier:GetVaultNotifications",
                                         "/notification-configuration")));
    Notifications notifications{.sns_topic = text_of(json, "SNSTopic"), .events = {}};
    if (const auto events = json.find("Events"); events != json.end() && events->is_array())
        for (const Json& event : *events)
            if (event.is_string()) notifications.events.push_back(event.get<std::string>());
    return notifications;
}

Result<void> GlacierCalls::delete_notifications(const std::string& vault) {
    return done(call(
        on(vault, "DELETE", "glacier:DeleteVaultNotifications", "/notification-configuration")));
}

Result<void> GlacierCalls::add_tags(const std::string& vault,
                                    const std::map<std::string, std::string>& tags) {
    GlacierCall add = on(vault, "POST", "glacier:AddTagsToVault", "/tags");
    add.query = {{"operation", "add"}};
    return done(send_json(std::move(add), {{"Tags", tags}}));
}

Result<std::map<std::string, std::string>> GlacierCalls::list_tags(const std::string& vault) {
    ZG_TRY(const Json json, call_json(on(vault, "GET", "glacier:ListTagsForVault", "/tags")));
    std::map<std::string, std::string> tags;
    if (const auto found = json.find("Tags"); found != json.end() && found->is_object())
        for (const auto& [key, value] : found->items())
            if (value.is_string()) tags[key] = value.get<std::string>();
    return tags;
}

Result<void> GlacierCalls::remove_tags(const std::string& vault,
                                       const std::vector<std::string>& keys) {
    GlacierCall remove = on(vault, "POST", "glacier:RemoveTagsFromVault", "/tags");
    remove.query = {{"operation", "remove"}};
    return done(send_json(std::move(remove), {{"TagKeys", keys}}));
}

}  // namespace zg::aws
