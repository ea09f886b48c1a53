#include "cli/exit_code.hpp"

#include "base/result.hpp"

namespace zg::cli {

ExitCode exit_code(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
            return ExitCode::usage;
        case ErrorKind::refused:
            return ExitCode::refused;
        case ErrorKind::damage:
            return ExitCode::damage;
        case ErrorKind::not_found:
            return ExitCode::not_found;
        case ErrorKind::locked:
            return ExitCode::locked;
        case ErrorKind::cold:
            return ExitCode::waiting;
        case ErrorKind::conflict:
        case ErrorKind::full:
        case ErrorKind::unavailable:
        case ErrorKind::io:
        case ErrorKind::zfs:
        case ErrorKind::unsupported:
        case ErrorKind::internal:
            return ExitCode::failed;
    }
    return ExitCode::failed;
}

}  // namespace zg::cli
