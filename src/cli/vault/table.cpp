// To add a verb: a row here, its function in acts.hpp and the file named there, and its text in
// cli/text/vault-NAME.md.
#include "cli/vault/table.hpp"

#include <span>
#include <vector>

#include "cli/options.hpp"
#include "cli/vault/acts.hpp"
#include "cli/vault/options.hpp"

namespace zg::cli {

namespace {

/// --part-size, and glacier-cmd's form of it.
void part_sizes(Options& app, Given& given) {
    Option part =
        app.add_option("--part-size", given.part_size, "Size of a part: 1MiB, 2MiB, 4MiB … 4GiB");
    part->type_name("SIZE");
    app.add_option("--partsize", given.part_mib, "The same in MiB, rounded up to a valid size")
        ->excludes(part)
        ->range(1, 4096)
        ->type_name("MIB");
}

/// --region, of the list of archives.
void known_region(Options& app, Given& given) {
    app.add_option("--region", given.access.region, "Only vaults of this region")
        ->type_name("REGION");
}

constexpr const char* notify_help =
    "Topic to notify when it is ready, by name or ARN; see zglacier vault notify";

// clang-format off
const std::vector<VaultRow> table{
    // vaults
    {"create", {"mkvault"}, {vault_name, access}, vault_create},
    {"list", {"lsvault"}, {access, output}, vault_list},
    {"describe", {"describevault"}, {vault_name, access, output}, vault_describe},
    {"delete", {"rmvault"}, {vault_name, access}, vault_delete},

    // archives
    {"upload", {}, {
        vault_name,
        option("files", &Given::files, "FILE",
               "The files; standard input if omitted or -"),
        option("--description", &Given::description, "TEXT",
               "Description in the inventory, printable ASCII [the file's name]"),
        option("--name", &Given::name, "TEXT",
               "Name of the file, for `vault search`; also the description if none is given"),
        flag("--stdin", &Given::standard_input, "Read standard input"),
        part_sizes,
        option("--size", &Given::size, "SIZE",
               "Approximate size of standard input, to choose the part size"),
        option("--uploadid", &Given::id, "ID", "Resume this upload"),
        flag("--bacula", &Given::bacula,
             "FILE is a list of volumes as Bacula prints it: FOLDER/FIRST|SECOND|THIRD"),
        ignored({"--resume", "", "--uploadid resumes an upload"}),
        book_dir,
        access,
    }, vault_upload},
    {"retrieve", {"getarchive"}, {
        vault_name,
        archive_ids,
        tier("expedited (minutes), standard (3 to 5 hours) or bulk (5 to 12 hours, the "
             "cheapest)"),
        notify(notify_help),
        access,
    }, vault_retrieve},
    {"download", {}, {
        vault_name,
        required("archive", &Given::id, "ARCHIVE", "Id of the archive"),
        option("--outfile,-o", &Given::file, "FILE", "Write to this file"),
        flag("--overwrite", &Given::overwrite, "Replace the file if it exists"),
        ignored({"--partsize", "MIB", ""}),
        access,
    }, vault_download},
    {"remove", {"rmarchive"}, {vault_name, archive_ids, book_dir, access}, vault_remove},

    // content of a vault
    {"inventory", {}, {
        vault_name,
        flag("--refresh", &Given::refresh, "Request a new inventory even if one is ready"),
        book_dir,
        notify(notify_help),
        access,
        output,
    }, vault_inventory},
    {"adopt", {}, {
        vault_name,
        option("archives", &Given::ids, "ARCHIVE",
               "Ids of archives [all whose description names a dataset]"),
        option("--dataset", &Given::dataset, "DATASET", "Dataset that the archives are of"),
        option("--host", &Given::host, "NAME", "Host that made the archives [this one]"),
        flag("--full", &Given::full, "The first ARCHIVE is a full stream"),
        flag("--prove", &Given::prove, "Request the beginning of each archive to check what it is"),
        tier("expedited, standard or bulk, for --prove"),
        notify("Topic to notify when what --prove requested is ready, by name or ARN; see "
               "zglacier vault notify"),
        option("--prices", &Given::prices, "FILE",
               "File with a table of prices [$ZGLACIER_PRICES, /etc/zglacier/prices.json, or "
               "the one built in]"),
        flag("--release", &Given::release,
             "Undo the adoption of ARCHIVEs; they stay in the vault"),
        state_dir("Folder for catalog and locks [/var/lib/zglacier for root, else "
                  "$XDG_STATE_HOME/zglacier]"),
        access,
    }, vault_adopt},

    // jobs and unfinished uploads
    {"jobs", {"listjobs"}, {vault_name, access, output}, vault_jobs},
    {"job", {"describejob"}, {
        vault_name,
        required("job", &Given::id, "JOB", "Id of the job"),
        access,
        output,
    }, vault_job},
    {"uploads", {"listmultiparts"}, {vault_name, access, output}, vault_uploads},
    {"abort", {"abortmultipart"}, {
        vault_name,
        required("uploads", &Given::ids, "UPLOAD", "Ids of uploads"),
        access,
    }, vault_abort},

    // without the service
    {"treehash", {}, {
        option("files", &Given::files, "FILE", "Files; standard input if omitted"),
    }, vault_treehash},
    {"search", {}, {
        option("vault", &Given::vault, "VAULT", "Only in this vault"),
        option("text", &Given::text, "TEXT",
               "Part of the description, the file's name or the id"),
        option("--filename", &Given::name, "TEXT",
               "Part of the file's name, or of the description if the name is not known"),
        option("--searchterm", &Given::description, "TEXT", "Part of the description"),
        known_region,
        book_dir,
        output,
    }, vault_search},

    // notifications
    {"notify topics", {"lstopic"}, {access, output}, vault_notify_topics},
    {"notify subscriptions", {"lssub"}, {subscription_filter, access_by_environment, output},
     vault_notify_subscriptions},
    {"notify subscribe", {}, {
        required("protocol", &Given::protocol, "PROTOCOL",
                 "email, email-json, http, https, sms, sqs, lambda …"),
        required("address", &Given::endpoint, "ENDPOINT", "Address, URL, number or ARN"),
        required("topic", &Given::topic, "TOPIC",
                 "Name of the topic, or ARN of an existing one"),
        option("--vault", &Given::vaults, "VAULTS",
               "Vaults that notify the topic; names separated by commas"),
        access,
        output,
    }, vault_notify_subscribe},
    {"notify unsubscribe", {}, {subscription_filter, access_by_environment, output},
     vault_notify_unsubscribe},
    {"notify sync", {}, {access, output}, vault_notify_sync},
    {"notify show", {}, {vault_name, access, output}, vault_notify_show},
    {"notify off", {}, {vault_name, access}, vault_notify_off},

    // policies and locks
    {"policy show", {}, {vault_name, access, output}, vault_policy_show},
    {"policy set", {}, {vault_name, policy_file, access}, vault_policy_set},
    {"policy remove", {}, {vault_name, access}, vault_policy_remove},
    {"lock show", {}, {vault_name, access, output}, vault_lock_show},
    {"lock start", {}, {vault_name, policy_file, access}, vault_lock_start},
    {"lock complete", {}, {
        vault_name,
        required("lock", &Given::id, "LOCK", "Id of the lock, as `vault lock start` printed it"),
        flag("--yes", &Given::yes, "Do not ask for confirmation"),
        access,
    }, vault_lock_complete},
    {"lock abort", {}, {vault_name, access}, vault_lock_abort},

    // tags and retrieval limits
    {"tags show", {}, {vault_name, access, output}, vault_tags_show},
    {"tags set", {}, {
        vault_name,
        required("tags", &Given::tags, "NAME=VALUE", "Names and values"),
        access,
    }, vault_tags_set},
    {"tags remove", {}, {
        vault_name,
        required("names", &Given::tags, "NAME", "Names of tags"),
        access,
    }, vault_tags_remove},
    {"retrieval-policy show", {}, {access, output}, vault_retrieval_policy_show},
    {"retrieval-policy set", {}, {
        required("limit", &Given::limit, "LIMIT",
                 "free-tier, none, or bytes per hour, such as 10GiB"),
        access,
    }, vault_retrieval_policy_set},
};
// clang-format on

constexpr VaultGroup groups[] = {
    {"notify", "sns", "Notifications when jobs are done"},
    {"policy", "", "Access policy: who else may use a vault"},
    {"lock", "", "Vault lock: rules that can never be undone"},
    {"tags", "", "Tags of a vault"},
    {"retrieval-policy", "", "Limit on how much may be retrieved"},
};

}  // namespace

std::span<const VaultRow> vault_table() { return table; }

std::span<const VaultGroup> vault_groups() { return groups; }

}  // namespace zg::cli
