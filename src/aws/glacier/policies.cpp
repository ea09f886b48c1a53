// Access policies and locks of vaults, and the retrieval limit.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aws/auth/sigv4.hpp"
#include "aws/glacier/calls.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace zg::aws {

using Json = nlohmann::json;

Result<void> GlacierCalls::set_access_policy(const std::string& vault, const std::string& policy) {
    return done(send_json(on(vault, "PUT", "glacier:SetVaultAccessPolicy", "/access-policy"),
                          {{"Policy", policy}}));
}

Result<std::string> GlacierCalls::get_access_policy(const std::string& vault) {
    ZG_TRY(const Json json,
           call_json(on(vault, "GET", "glacier:GetVaultAccessPolicy", "/access-policy")));
    return text_of(json, "Policy");
}

Result<void> GlacierCalls::delete_access_policy(const std::string& vault) {
    return done(call(on(vault, "DELETE", "glacier:DeleteVaultAccessPolicy", "/access-policy")));
}

Result<std::string> GlacierCalls::initiate_lock(const std::string& vault,
                                                const std::string& policy) {
    const GlacierCall lock = on(vault, "POST", "glacier:InitiateVaultLock", "/lock-policy");
    ZG_TRY(const net::Response response, send_json(lock, {{"Policy", policy}}));
    return required_header(response, "x-amz-lock-id", lock.where);
}

Result<VaultLock> GlacierCalls::get_lock(const std::string& vault) {
    ZG_TRY(const Json json, call_json(on(vault, "GET", "glacier:GetVaultLock", "/lock-policy")));
    return VaultLock{.policy = text_of(json, "Policy"),
                     .state = text_of(json, "State"),
                     .created = time_of(json, "CreationDate").value_or(TimePoint{}),
                     .expires = time_of(json, "ExpirationDate")};
}

Result<void> GlacierCalls::abort_lock(const std::string& vault) {
    return done(call(on(vault, "DELETE", "glacier:AbortVaultLock", "/lock-policy")));
}

Result<void> GlacierCalls::complete_lock(const std::string& vault, const std::string& lock_id) {
    return done(call(
        on(vault, "POST", "glacier:CompleteVaultLock", "/lock-policy/" + uri_encode(lock_id))));
}

Result<std::vector<RetrievalRule>> GlacierCalls::get_retrieval_policy() {
    ZG_TRY(const Json json, call_json({.method = "GET",
                                       .action = "glacier:GetDataRetrievalPolicy",
                                       .path = "/policies/data-retrieval",
                                       .where = "the data-retrieval policy"}));
    std::vector<RetrievalRule> rules;
    const Json policy = json.value("Policy", Json::object());
    const auto found = policy.find("Rules");
    if (found == policy.end() || !found->is_array()) return rules;
    for (const Json& rule : *found) {
        if (!rule.is_object()) continue;
        rules.push_back({.strategy = text_of(rule, "Strategy"), .bytes_per_hour = {}});
        if (rule.contains("BytesPerHour") && rule["BytesPerHour"].is_number())
            rules.back().bytes_per_hour = number_of(rule, "BytesPerHour");
    }
    return rules;
}

Result<void> GlacierCalls::set_retrieval_policy(const std::vector<RetrievalRule>& rules) {
    Json list = Json::array();
    for (const RetrievalRule& rule : rules) {
        Json entry{{"Strategy", rule.strategy}};
        if (rule.bytes_per_hour) entry["BytesPerHour"] = *rule.bytes_per_hour;
        list.push_back(std::move(entry));
    }
    return done(send_json({.method = "PUT",
                           .action = "glacier:SetDataRetrievalPolicy",
                           .path = "/policies/data-retrieval",
                           .where = "the data-retrieval policy"},
                          {{"Policy", {{"Rules", std::move(list)}}}}));
}

}  // namespace zg::aws
