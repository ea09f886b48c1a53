#include "base/state_dir.hpp"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.hpp"

namespace zg {

std::string default_state_dir(const Environment& environment, bool is_root) {
    if (is_root) return "/var/lib/zglacier";
    if (const auto state = environment.get("XDG_STATE_HOME")) return *state + "/zglacier";
    if (const auto home = environment.get("HOME")) return *home + "/.local/state/zglacier";
    return {};
}

Result<std::string> prepare_state_dir(const Environment& environment, const std::string& wanted) {
    const std::string folder =
        wanted.empty() ? default_state_dir(environment, ::geteuid() == 0) : wanted;
    if (folder.empty())
        return fail({.kind = ErrorKind::usage,
                     .what = "no folder for the catalog: neither HOME nor XDG_STATE_HOME is set",
                     .hint = "name one with --state-dir or ZGLACIER_STATE_DIR"});
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        Error failed = errno_error(error.value(), "cannot create the state folder", folder);
        if (failed.kind == ErrorKind::refused)
            failed.hint =
                "run zglacier as root, or name another folder with --state-dir or "
                "ZGLACIER_STATE_DIR";
        return fail(std::move(failed));
    }
    return folder;
}

}  // namespace zg
