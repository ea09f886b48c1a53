// Policies, tags and limits of vaults, as people write them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/io.hpp"

namespace zg::vault_tools {

/// The policy in `source`: JSON with a Statement, not more than 20 KiB. usage, saying where it goes
/// wrong, for anything else.
Result<std::string> read_policy(Source& source);

/// From "NAME=VALUE" each; usage where one is not that.
Result<std::map<std::string, std::string>> parse_tags(const std::vector<std::string>& texts);

/// "free-tier", "none", or bytes an hour: "1GiB".
Result<aws::RetrievalRule> parse_retrieval_rule(const std::string& text);
std::string retrieval_rule_text(const aws::RetrievalRule& rule);

}  // namespace zg::vault_tools
