// What each vault verb does: `vault tags set` is vault_tags_set().
#pragma once

#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/vault/call.hpp"

namespace zg::cli {

using VaultAct = Result<ExitCode>(const VaultCall& call);

// vaults.cpp
VaultAct vault_create, vault_list, vault_describe, vault_delete;
// archives.cpp
VaultAct vault_upload, vault_retrieve, vault_download, vault_remove, vault_treehash;
// inventory.cpp
VaultAct vault_inventory, vault_search;
// adopt.cpp
VaultAct vault_adopt;
// jobs.cpp
VaultAct vault_jobs, vault_job, vault_uploads, vault_abort;
// notify.cpp
VaultAct vault_notify_topics, vault_notify_subscriptions, vault_notify_subscribe,
    vault_notify_unsubscribe, vault_notify_sync, vault_notify_show, vault_notify_off;
// policy.cpp
VaultAct vault_policy_show, vault_policy_set, vault_policy_remove;
VaultAct vault_lock_show, vault_lock_start, vault_lock_complete, vault_lock_abort;
// tags.cpp
VaultAct vault_tags_show, vault_tags_set, vault_tags_remove;
VaultAct vault_retrieval_policy_show, vault_retrieval_policy_set;

}  // namespace zg::cli
