#include "sql/error.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <string>
#include <utility>

#include "base/result.hpp"

namespace zg::sql {

Error error_of(const SQLite::Exception& exception, std::string what, const std::string& path,
               const std::string& repair) {
    Error error{
        .kind = ErrorKind::io, .what = std::move(what), .where = path, .cause = exception.what()};
    switch (exception.getErrorCode() & 0xff) {
        case SQLITE_FULL:
            error.kind = ErrorKind::full;
            error.hint =
                "free some space there, or name another folder with --state-dir or "
                "ZGLACIER_STATE_DIR";
            break;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            error.kind = ErrorKind::refused;
            error.hint =
                "check that the folder exists and is writable, or name another with --state-dir or "
                "ZGLACIER_STATE_DIR";
            break;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            error.kind = ErrorKind::unavailable;
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            error.kind = ErrorKind::damage;
            error.hint = repair;
            break;
        default:
            error.hint = "check the disk; " + repair;
            break;
    }
    return error;
}

}  // namespace zg::sql
