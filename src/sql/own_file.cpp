#include "sql/own_file.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.hpp"
#include "sql/error.hpp"

namespace zg::sql {

namespace {

constexpr int not_a_database = 26;  // SQLITE_NOTADB

}  // namespace

OwnFile::OwnFile(std::string path, const Form& form)
    : path_(std::move(path)),
      form_(form),
      database_(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms) {
    const int version = database_.execAndGet("PRAGMA user_version").getInt();
    if (version != 0 && version != form.version)
        throw SQLite::Exception("a file of another version", not_a_database);
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    database_.exec(form.schema);
    database_.exec(fmt::format("PRAGMA user_version = {}", form.version));
    transaction.commit();
}

Result<std::unique_ptr<OwnFile>> OwnFile::open(const std::string& path, const Form& form) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error)
        return fail(errno_error(error.value(),
                                fmt::format("cannot create the folder of {}", form.name), path));
    for (bool again = false;; again = true) {
        try {
            return std::unique_ptr<OwnFile>(new OwnFile(path, form));
        } catch (const SQLite::Exception& exception) {
            Error failed =
                error_of(exception, fmt::format("cannot open {}", form.name), path, form.repair);
            if (again || failed.kind != ErrorKind::damage) return fail(std::move(failed));
            std::filesystem::rename(path, path + ".broken", error);
            std::filesystem::remove(path + "-journal", error);
        }
    }
}

}  // namespace zg::sql
