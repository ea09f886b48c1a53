// The vault verbs for the command line. Their table is cli/vault/table.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace zg::cli {

std::vector<std::unique_ptr<Verb>> make_vault_verbs();

/// What `zglacier vault --help` says about a group of verbs in it, such as "notify"; and its name
/// in glacier-cmd. Empty if there is none.
std::string vault_group_brief(const std::string& name);
std::string vault_group_alias(const std::string& name);

/// The arguments of the program, with a mark before each id from Amazon that begins with a dash, so
/// that it is not parsed as an option; the verbs remove the mark.
std::vector<std::string> mark_ids(int argc, const char* const* argv);
/// An argument without that mark.
std::string plain_id(const std::string& marked);

}  // namespace zg::cli
