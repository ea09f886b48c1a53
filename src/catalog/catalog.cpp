#include "catalog/catalog.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "catalog/catalog_state.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"

namespace zg::catalog {

namespace {

// 1: archives; 2: thaws as well; 3: what is sealed in an archive's manifest, and the journal.
constexpr int schema_version = 3;

struct Table {
    const char* name;
    const char* columns;
};
constexpr std::array tables{
    Table{"archives", "id TEXT PRIMARY KEY, manifest TEXT NOT NULL"},
    Table{"thaws", "name TEXT PRIMARY KEY, asked INTEGER NOT NULL, tier TEXT NOT NULL"},
    Table{"opened", "id TEXT PRIMARY KEY, names TEXT NOT NULL"},
    Table{"unfinished", "id TEXT PRIMARY KEY, dataset TEXT NOT NULL, note TEXT NOT NULL"},
    Table{
        "confirmed",
        "id TEXT NOT NULL, number INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (id, number)"},
};

}  // namespace

/// damage if one is missing: the file is then moved aside.
Result<void> Catalog::State::has_tables() {
    for (const Table& table : tables) {
        if (!database.tableExists(table.name))
            return fail({.kind = ErrorKind::damage,
                         .what = fmt::format("the catalog has no table {}", table.name),
                         .where = path});
    }
    return {};
}

/// Another process may do the same at this moment.
void Catalog::State::make_tables() {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const Table& table : tables)
        database.exec(fmt::format("CREATE TABLE IF NOT EXISTS {} ({}) WITHOUT ROWID", table.name,
                                  table.columns));
    database.exec(fmt::format("PRAGMA user_version = {}", schema_version));
    transaction.commit();
}

Result<void> Catalog::State::prepare() {
    try {
        const int version = database.execAndGet("PRAGMA user_version").getInt();
        if (version == schema_version) return has_tables();
        const bool fresh =
            version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
        if (!fresh && (version < 1 || version > schema_version))
            return fail({.kind = ErrorKind::damage,
                         .what = "this is not a catalog of this version",
                         .where = path});
        if (!fresh) database.execAndGet("SELECT count(*) FROM archives");
        make_tables();
        made_new = fresh;
        return {};
    } catch (const SQLite::Exception& exception) {
        return fail(catalog_error(exception, "cannot prepare the catalog", path));
    }
}

Catalog::Catalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

Result<Catalog> Catalog::open(const std::string& state_dir, const std::string& store_id,
                              Steps& steps) {
    const std::string file = fmt::format("{}/{}.sqlite", state_dir, store_id);
    const auto attempt = [&]() -> Result<std::unique_ptr<State>> {
        try {
            auto state = std::make_unique<State>(file, steps);
            ZG_CHECK(state->prepare());
            return state;
        } catch (const SQLite::Exception& exception) {
            return fail(catalog_error(exception, "cannot open the catalog", file));
        }
    };
    auto state = attempt();
    if (!state && state.error().kind == ErrorKind::damage) {
        std::error_code ignored;
        std::filesystem::rename(file, file + ".broken", ignored);
        std::filesystem::remove(file + "-journal", ignored);
        state = attempt();
    }
    if (!state) return fail(std::move(state.error()));
    return Catalog(std::move(*state));
}

Result<Catalog> Catalog::in_memory(Steps& steps) {
    try {
        auto state = std::make_unique<State>(":memory:", steps);
        ZG_CHECK(state->prepare());
        return Catalog(std::move(state));
    } catch (const SQLite::Exception& exception) {
        return fail(catalog_error(exception, "cannot open a catalog in memory", ":memory:"));
    }
}

Result<void> Catalog::put(const Manifest& manifest) {
    return state_->change("put", "cannot note the archive in the catalog", [&] {
        SQLite::Transaction transaction(state_->database);
        SQLite::Statement insert(state_->database,
                                 "INSERT OR REPLACE INTO archives (id, manifest) VALUES (?, ?)");
        insert.bind(1, manifest.archive_id);
        insert.bind(2, to_json(manifest));
        insert.exec();
        if (manifest.encrypted() && manifest.opened) {
            SQLite::Statement names(state_->database,
                                    "INSERT OR REPLACE INTO opened (id, names) VALUES (?, ?)");
            names.bind(1, manifest.archive_id);
            names.bind(2, private_json(manifest));
            names.exec();
        }
        transaction.commit();
    });
}

Result<void> Catalog::remove(const std::string& archive_id) {
    return state_->change("remove", "cannot remove the archive from the catalog", [&] {
        SQLite::Transaction transaction(state_->database);
        SQLite::Statement erase(state_->database, "DELETE FROM archives WHERE id = ?");
        erase.bind(1, archive_id);
        erase.exec();
        SQLite::Statement close(state_->database, "DELETE FROM opened WHERE id = ?");
        close.bind(1, archive_id);
        close.exec();
        SQLite::Statement forget(state_->database,
                                 "DELETE FROM thaws WHERE substr(name, 1, length(?1)) = ?1");
        forget.bind(1, segments_of(archive_id));
        forget.exec();
        transaction.commit();
    });
}

Result<void> Catalog::note_thaws(const std::vector<std::string>& object_names,
                                 const ThawNote& note) {
    if (object_names.empty()) return {};
    return state_->change("note_thaws", "cannot note the thaw in the catalog", [&] {
        SQLite::Transaction transaction(state_->database);
        SQLite::Statement insert(
            state_->database, "INSERT OR REPLACE INTO thaws (name, asked, tier) VALUES (?, ?, ?)");
        for (const std::string& name : object_names) {
            insert.bind(1, name);
            insert.bind(2, static_cast<std::int64_t>(note.asked.time_since_epoch().count()));
            insert.bind(3, note.tier);
            insert.exec();
            insert.reset();
        }
        transaction.commit();
    });
}

Result<std::map<std::string, ThawNote>> Catalog::thaw_notes() const {
    std::map<std::string, ThawNote> notes;
    try {
        SQLite::Statement query(state_->database, "SELECT name, asked, tier FROM thaws");
        while (query.executeStep())
            notes[query.getColumn(0).getString()] = {
                .asked = TimePoint(std::chrono::seconds(query.getColumn(1).getInt64())),
                .tier = query.getColumn(2).getString()};
    } catch (const SQLite::Exception& exception) {
        return fail(catalog_error(exception, "cannot read the catalog", state_->path));
    }
    return notes;
}

Result<void> Catalog::clear() {
    return state_->change("clear", "cannot empty the catalog", [&] {
        state_->database.exec("DELETE FROM archives; DELETE FROM opened; DELETE FROM thaws");
    });
}

namespace {

/// The archive of a row, with its names if they are known.
Result<Manifest> read_row(SQLite::Statement& row) {
    ZG_TRY(Manifest manifest, parse_manifest(as_bytes(row.getColumn(1).getString())));
    if (manifest.archive_id != row.getColumn(0).getString())
        return fail({.kind = ErrorKind::damage, .what = "it holds another archive"});
    if (manifest.encrypted() && !row.getColumn(2).isNull())
        ZG_CHECK(read_private_json(manifest, as_bytes(row.getColumn(2).getString())));
    return manifest;
}

}  // namespace

Result<std::vector<Manifest>> Catalog::archives() const {
    std::vector<Manifest> all;
    try {
        SQLite::Statement query(state_->database,
                                "SELECT archives.id, manifest, names FROM archives LEFT JOIN "
                                "opened ON archives.id = opened.id ORDER BY archives.id");
        while (query.executeStep()) {
            auto manifest = read_row(query);
            if (!manifest)
                return fail({.kind = ErrorKind::damage,
                             .what = fmt::format("the row of archive {} cannot be read",
                                                 query.getColumn(0).getString()),
                             .where = state_->path,
                             .cause = manifest.error().message(),
                             .hint = "run `zglacier catalog rebuild`: the store holds all of it"});
            all.push_back(std::move(*manifest));
        }
    } catch (const SQLite::Exception& exception) {
        return fail(catalog_error(exception, "cannot read the catalog", state_->path));
    }
    return all;
}

const std::string& Catalog::path() const { return state_->path; }
bool Catalog::made_new() const { return state_->made_new; }

}  // namespace zg::catalog
