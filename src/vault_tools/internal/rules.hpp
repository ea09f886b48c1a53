// Parses policies, tags and limits as the user writes them.
#pragma once

#include <string>
#include <vector>

#include "base/io.hpp"
#include "base/result.hpp"
#include "vault_tools/tags.hpp"

namespace zg::vault_tools {

/// The policy in `source`: JSON with a Statement, at most 20 KiB. usage, saying what is wrong with
/// it, for anything else.
Result<std::string> read_policy(Source& source);

/// Parses each "NAME=VALUE"; usage if one is anything else.
Result<Tags> parse_tags(const std::vector<std::string>& texts);

/// Parses "free-tier", "none", or bytes per hour, such as "1GiB"; usage for anything else.
Result<RetrievalLimit> parse_retrieval_limit(const std::string& text);

}  // namespace zg::vault_tools
