// The verbs on vaults, for the command line. The table of them is cli/vault/table.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace zg::cli {

std::vector<std::unique_ptr<Verb>> make_vault_verbs();

/// What `zglacier vault --help` says of a group of verbs within, such as "notify"; and the name
/// that glacier-cmd had for it. Empty if there is none.
std::string vault_group_brief(const std::string& name);
std::string vault_group_alias(const std::string& name);

/// The arguments of the program, with a mark before each id of Amazon's that begins with a dash, so
/// that it is not taken for an option; the verbs remove it.
std::vector<std::string> mark_ids(int argc, const char* const* argv);
/// An argument without that mark.
std::string plain_id(const std::string& marked);

}  // namespace zg::cli
