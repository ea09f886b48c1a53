// The vault verbs, as rows of one table.
#pragma once

#include <span>
#include <vector>

#include "cli/vault/acts.hpp"
#include "cli/vault/options.hpp"

namespace zg::cli {

struct VaultRow {
    const char* name;                  ///< after "vault": "tags set"
    std::vector<const char*> aliases;  ///< other names: those of glacier-cmd
    std::vector<VaultOption> options;  ///< in the order in which --help shows them
    VaultAct* act;
};

/// Verbs whose names begin with the same word: "tags".
struct VaultGroup {
    const char* name;
    const char* alias;  ///< of glacier-cmd; empty if none
    const char* brief;
};

/// In the order in which --help shows them.
std::span<const VaultRow> vault_table();
std::span<const VaultGroup> vault_groups();

}  // namespace zg::cli
