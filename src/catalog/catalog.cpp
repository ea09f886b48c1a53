#include "catalog/catalog.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "sql/error.hpp"

namespace zg::catalog {

namespace {

// 1: archives; 2: thaws as well.
constexpr int schema_version = 2;

Error error_of(const SQLite::Exception& exception, std::string what, const std::string& path) {
    return sql::error_of(exception, std::move(what), path, "make it anew with `zglacier catalog rebuild`: the store holds all of it");
}

}  // namespace

struct Catalog::State {
    SQLite::Database database;
    Steps* steps;
    std::string path;
    bool made_new = false;

    State(const std::string& file, Steps& announce)
        : database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, sql::busy_timeout_ms), steps(&announce), path(file) {}

    /// Runs `act`, which may throw what SQLite throws, between two steps.
    template <class Act>
    Result<void> change(const char* step, std::string what, Act act) {
        try {
            steps->at(fmt::format("catalog.{} begin", step));
            act();
            steps->at(fmt::format("catalog.{} end", step));
            return {};
        } catch (const SQLite::Exception& exception) {
            return fail(error_of(exception, std::move(what), path));
        }
    }

    /// Makes the tables of a new file, adds those that an older one lacks; damage for a file of another schema.
    Result<void> prepare() {
        try {
            const int version = database.execAndGet("PRAGMA user_version").getInt();
            if (version == schema_version) {
                database.execAndGet("SELECT count(*) FROM archives");
                database.execAndGet("SELECT count(*) FROM thaws");
                return {};
            }
            const bool fresh = version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
            if (!fresh && (version < 1 || version > schema_version))
                return fail({.kind = ErrorKind::damage, .what = "this is no catalog of this version", .where = path});
            if (!fresh) database.execAndGet("SELECT count(*) FROM archives");
            // Another process may do the same at this moment.
            SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
            database.exec("CREATE TABLE IF NOT EXISTS archives (id TEXT PRIMARY KEY, manifest TEXT NOT NULL) WITHOUT ROWID");
            database.exec("CREATE TABLE IF NOT EXISTS thaws (name TEXT PRIMARY KEY, asked INTEGER NOT NULL, tier TEXT NOT NULL) WITHOUT ROWID");
            database.exec(fmt::format("PRAGMA user_version = {}", schema_version));
            transaction.commit();
            made_new = fresh;
            return {};
        } catch (const SQLite::Exception& exception) {
            return fail(error_of(exception, "cannot prepare the catalog", path));
        }
    }
};

Catalog::Catalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

Result<Catalog> Catalog::open(const std::string& state_dir, const std::string& store_id, Steps& steps) {
    const std::string file = fmt::format("{}/{}.sqlite", state_dir, store_id);
    const auto attempt = [&]() -> Result<std::unique_ptr<State>> {
        try {
            auto state = std::make_unique<State>(file, steps);
            ZG_CHECK(state->prepare());
            return state;
        } catch (const SQLite::Exception& exception) {
            return fail(error_of(exception, "cannot open the catalog", file));
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
        return fail(error_of(exception, "cannot open a catalog in memory", ":memory:"));
    }
}

Result<void> Catalog::put(const Manifest& manifest) {
    return state_->change("put", "cannot note the archive in the catalog", [&] {
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO archives (id, manifest) VALUES (?, ?)");
        insert.bind(1, manifest.archive_id);
        insert.bind(2, to_json(manifest));
        insert.exec();
    });
}

Result<void> Catalog::remove(const std::string& archive_id) {
    return state_->change("remove", "cannot remove the archive from the catalog", [&] {
        SQLite::Transaction transaction(state_->database);
        SQLite::Statement erase(state_->database, "DELETE FROM archives WHERE id = ?");
        erase.bind(1, archive_id);
        erase.exec();
        SQLite::Statement forget(state_->database, "DELETE FROM thaws WHERE substr(name, 1, length(?1)) = ?1");
        forget.bind(1, fmt::format("archives/{}/", archive_id));
        forget.exec();
        transaction.commit();
    });
}

Result<void> Catalog::note_thaws(const std::vector<std::string>& object_names, const ThawNote& note) {
    if (object_names.empty()) return {};
    return state_->change("note_thaws", "cannot note the thaw in the catalog", [&] {
        SQLite::Transaction transaction(state_->database);
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO thaws (name, asked, tier) VALUES (?, ?, ?)");
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
            notes[query.getColumn(0).getString()] = {.asked = TimePoint(std::chrono::seconds(query.getColumn(1).getInt64())),
                                                     .tier = query.getColumn(2).getString()};
    } catch (const SQLite::Exception& exception) {
        return fail(error_of(exception, "cannot read the catalog", state_->path));
    }
    return notes;
}

Result<void> Catalog::clear() {
    return state_->change("clear", "cannot empty the catalog", [&] { state_->database.exec("DELETE FROM archives; DELETE FROM thaws"); });
}

Result<std::vector<Manifest>> Catalog::archives() const {
    std::vector<Manifest> all;
    try {
        SQLite::Statement query(state_->database, "SELECT id, manifest FROM archives ORDER BY id");
        while (query.executeStep()) {
            auto manifest = parse_manifest(as_bytes(query.getColumn(1).getString()));
            if (!manifest || manifest->archive_id != query.getColumn(0).getString())
                return fail({.kind = ErrorKind::damage,
                             .what = fmt::format("the row of archive {} cannot be read", query.getColumn(0).getString()),
                             .where = state_->path,
                             .cause = manifest ? "it holds another archive" : manifest.error().message(),
                             .hint = "make it anew with `zglacier catalog rebuild`: the store holds all of it"});
            all.push_back(std::move(*manifest));
        }
    } catch (const SQLite::Exception& exception) {
        return fail(error_of(exception, "cannot read the catalog", state_->path));
    }
    return all;
}

const std::string& Catalog::path() const { return state_->path; }
bool Catalog::made_new() const { return state_->made_new; }

}  // namespace zg::catalog
