#include "base/state_dir.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace zg {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string default_state_dir() {
    if (::geteuid() == 0) return "/var/lib/zglacier";
    if (const std::string state = environment("XDG_STATE_HOME"); !state.empty())
        return state + "/zglacier";
    if (const std::string home = environment("HOME"); !home.empty())
        return home + "/.local/state/zglacier";
    return {};
}

}  // namespace

Result<std::string> prepare_state_dir(const std::string& wanted) {
    const std::string folder = wanted.empty() ? default_state_dir() : wanted;
    if (folder.empty())
        return fail(
            {.kind = ErrorKind::usage,
             .what = "there is no folder for the catalog: neither HOME nor XDG_STATE_HOME is set",
             .hint = "name one with --state-dir or ZGLACIER_STATE_DIR"});
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        Error failed = errno_error(error.value(), "cannot make the state folder", folder);
        if (failed.kind == ErrorKind::refused)
            failed.hint =
                "run zglacier as root, or name another folder with --state-dir or "
                "ZGLACIER_STATE_DIR";
        return fail(std::move(failed));
    }
    return folder;
}

}  // namespace zg
