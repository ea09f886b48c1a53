// Exit codes: the program's contract with cron and scripts.
#pragma once

#include "base/result.hpp"

namespace zg::cli {

enum class ExitCode : int {
    done = 0,
    failed = 1,
    usage = 2,
    refused = 3,
    some_failed = 4,
    damage = 5,
    not_found = 6,
    locked = 7,
    waiting = 75,
};

/// The exit code for an error of this kind.
ExitCode exit_code(ErrorKind kind);

}  // namespace zg::cli
