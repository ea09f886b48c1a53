#include "cli/verb.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace zg::cli {

void Verb::add_store_options(CLI::App& app) {
    app.add_option("--store", common.store_url, "The store: dir:/path, or dir:/path?thaw=5s to practise cold restores")
        ->envname("ZGLACIER_STORE")
        ->required()
        ->type_name("URL");
    app.add_option("--state-dir", common.state_dir,
                   "Folder of the catalog and the locks [/var/lib/zglacier for root, else $XDG_STATE_HOME/zglacier]")
        ->envname("ZGLACIER_STATE_DIR")
        ->type_name("DIR");
}

void Verb::add_dry_run(CLI::App& app) {
    app.add_flag("-n,--dry-run", common.dry_run, "Say what would be done, and change nothing");
}

Result<std::unique_ptr<job::Session>> Verb::open_session(World& world, Console& console, bool needs_state) const {
    return job::Session::open(world, {.store_url = common.store_url, .state_dir = common.state_dir, .needs_state = needs_state}, console,
                              console);
}

void print_result(const CommonOptions& common, const Json& json, const std::string& text) {
    if (common.json)
        fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    else if (!text.empty())
        fmt::print("{}", text);
}

std::vector<std::unique_ptr<Verb>> make_verbs() {
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(make_init());
    verbs.push_back(make_backup());
    verbs.push_back(make_list());
    verbs.push_back(make_verify());
    verbs.push_back(make_restore());
    verbs.push_back(make_stream_inspect());
    verbs.push_back(make_catalog_rebuild());
    return verbs;
}

std::string zfs_program() {
    const char* program = std::getenv("ZGLACIER_ZFS");
    return program != nullptr ? program : "zfs";
}

}  // namespace zg::cli
