#include "vault_tools/tags.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "vault_tools/internal/rules.hpp"
#include "vault_tools/internal/session.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

Result<Tags> list_tags(const VaultService& service, const std::string& vault) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().list_tags(vault);
}

Result<Tags> set_tags(const VaultService& service, const std::string& vault,
                      const std::vector<std::string>& tags) {
    ZG_TRY(Tags parsed, parse_tags(tags));
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_CHECK(vaults->glacier().add_tags(vault, parsed));
    return parsed;
}

Result<void> remove_tags(const VaultService& service, const std::string& vault,
                         const std::vector<std::string>& names) {
    ZG_TRY(const auto vaults, open_vaults(service));
    return vaults->glacier().remove_tags(vault, names);
}

Result<RetrievalLimit> retrieval_limit(const VaultService& service) {
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_TRY(const std::vector<aws::RetrievalRule> rules, vaults->glacier().get_retrieval_policy());
    if (rules.empty()) return RetrievalLimit{};
    return RetrievalLimit{.strategy = rules.front().strategy,
                          .bytes_per_hour = rules.front().bytes_per_hour};
}

Result<RetrievalLimit> set_retrieval_limit(const VaultService& service, const std::string& limit) {
    ZG_TRY(RetrievalLimit parsed, parse_retrieval_limit(limit));
    ZG_TRY(const auto vaults, open_vaults(service));
    ZG_CHECK(vaults->glacier().set_retrieval_policy(
        {{.strategy = parsed.strategy, .bytes_per_hour = parsed.bytes_per_hour}}));
    return parsed;
}

std::string retrieval_limit_text(const RetrievalLimit& limit) {
    if (limit.strategy == "FreeTier") return "free-tier: only what is free of charge";
    if (limit.strategy == "None") return "none: no limit";
    return fmt::format("{} an hour",
                       limit.bytes_per_hour ? format_size(*limit.bytes_per_hour) : "some bytes");
}

}  // namespace zg::vault_tools
