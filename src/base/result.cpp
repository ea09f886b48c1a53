#include "base/result.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace zg {

std::string_view kind_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
            return "usage";
        case ErrorKind::not_found:
            return "not_found";
        case ErrorKind::refused:
            return "refused";
        case ErrorKind::locked:
            return "locked";
        case ErrorKind::damage:
            return "damage";
        case ErrorKind::cold:
            return "cold";
        case ErrorKind::conflict:
            return "conflict";
        case ErrorKind::full:
            return "full";
        case ErrorKind::unavailable:
            return "unavailable";
        case ErrorKind::io:
            return "io";
        case ErrorKind::zfs:
            return "zfs";
        case ErrorKind::unsupported:
            return "unsupported";
        case ErrorKind::internal:
            return "internal";
    }
    return "internal";
}

bool is_retryable(ErrorKind kind) { return kind == ErrorKind::unavailable; }

std::string Error::message() const {
    std::string text = where;
    for (const std::string* part : {&what, &cause}) {
        if (part->empty()) continue;
        if (!text.empty()) text += ": ";
        text += *part;
    }
    return text;
}

namespace {

ErrorKind kind_of_errno(int value) {
    switch (value) {
        case ENOSPC:
        case EDQUOT:
            return ErrorKind::full;
        case EACCES:
        case EPERM:
        case EROFS:
            return ErrorKind::refused;
        case ENOENT:
        case ENOTDIR:
            return ErrorKind::not_found;
        case EAGAIN:
        case EBUSY:
        case ETIMEDOUT:
            return ErrorKind::unavailable;
        default:
            return ErrorKind::io;
    }
}

std::string hint_of_errno(int value) {
    switch (value) {
        case ENOSPC:
            return "free some space there, then run the same command again";
        case EDQUOT:
            return "raise the quota or free some space there, then run the same command again";
        case EACCES:
        case EPERM:
            return "check the owner and the permissions, or run zglacier as root";
        case EROFS:
            return "the filesystem is mounted read-only: mount it writable";
        default:
            return {};
    }
}

}  // namespace

Error errno_error(int errno_value, std::string what, std::string where) {
    return Error{.kind = kind_of_errno(errno_value),
                 .what = std::move(what),
                 .where = std::move(where),
                 .cause = std::generic_category().message(errno_value),
                 .hint = hint_of_errno(errno_value)};
}

}  // namespace zg
