// The catalog's database, for the files that read and write it.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/steps.hpp"
#include "catalog/catalog.hpp"
#include "sql/error.hpp"

namespace zg::catalog {

inline Error catalog_error(const SQLite::Exception& exception, std::string what,
                           const std::string& path) {
    return sql::error_of(exception, std::move(what), path,
                         "run `zglacier catalog rebuild`: the store holds all of it");
}

struct Catalog::State {
    SQLite::Database database;
    Steps* steps;
    std::string path;
    bool made_new = false;

    State(const std::string& file, Steps& announce)
        : database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, sql::busy_timeout_ms),
          steps(&announce),
          path(file) {}

    /// Runs `act`, which may throw SQLite's exceptions, between two steps.
    template <class Act>
    Result<void> change(const char* step, std::string what, Act act) {
        try {
            steps->at(fmt::format("catalog.{} begin", step));
            act();
            steps->at(fmt::format("catalog.{} end", step));
            return {};
        } catch (const SQLite::Exception& exception) {
            return fail(catalog_error(exception, std::move(what), path));
        }
    }

    /// Makes the tables of a new file, adds those that an older one lacks; damage for a file of
    /// another schema.
    Result<void> prepare();

  private:
    Result<void> has_tables();
    void make_tables();
};

}  // namespace zg::catalog
