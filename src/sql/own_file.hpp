// A database file that can be rebuilt: a broken one is moved aside.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "sql/error.hpp"

namespace zg::sql {

/// A file's schema, and its name in messages. The texts outlive the file.
struct Form {
    const char* name;    ///< "the index of the vault"
    int version;         ///< of the schema; a file of another version counts as broken
    const char* schema;  ///< creates missing tables
    const char* repair;  ///< how to rebuild a broken file
};

/// Any number of threads and processes.
class OwnFile {
  public:
    /// Opens `path`; creates it, and its folder, if it is missing. A broken one is renamed to
    /// "….broken" first.
    static Result<std::unique_ptr<OwnFile>> open(const std::string& path, const Form& form);

    /// Calls `act` with exclusive access in this process; within a transaction if `act` returns
    /// nothing. Exceptions of SQLite become errors that begin with `what`.
    template <class Act>
    auto attempt(const char* what, Act act)
        -> Result<decltype(act(std::declval<SQLite::Database&>()))> {
        const std::lock_guard lock(mutex_);
        try {
            if constexpr (std::is_void_v<decltype(act(database_))>) {
                SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
                act(database_);
                transaction.commit();
                return {};
            } else {
                return act(database_);
            }
        } catch (const SQLite::Exception& exception) {
            return fail(error_of(exception, what, path_, form_.repair));
        }
    }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    /// Throws exceptions of SQLite.
    OwnFile(std::string path, const Form& form);

    std::string path_;
    Form form_;
    SQLite::Database database_;
    std::mutex mutex_;  // guards the database
};

}  // namespace zg::sql
