// A database file that can be made anew: one that is broken is moved aside.
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

/// What a file holds, and what is said of it. The texts outlive the file.
struct Form {
    const char* name;    ///< "the index of the vault"
    int version;         ///< of the schema; a file of another one counts as broken
    const char* schema;  ///< makes the tables where they are missing
    const char* repair;  ///< how a broken file is made anew
};

/// Any number of threads and processes.
class OwnFile {
  public:
    /// Opens `path`; makes it, and its folder, where it is missing. One that is broken is renamed
    /// to "….broken" first.
    static Result<std::unique_ptr<OwnFile>> open(const std::string& path, const Form& form);

    /// Calls `act` with the database, alone in this process; within a transaction where it gives
    /// nothing back. What SQLite throws becomes an error that begins with `what`.
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
    /// Throws what SQLite throws.
    OwnFile(std::string path, const Form& form);

    std::string path_;
    Form form_;
    SQLite::Database database_;
    std::mutex mutex_;  // of the database
};

}  // namespace zg::sql
