#include "store/vault/book.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "sql/own_file.hpp"
#include "store/vault/inventory.hpp"

namespace zg::store {

namespace {

// At the latest, an archive is in the first inventory made a day after its upload.
constexpr std::chrono::hours inventory_lag{48};

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS vaults (
    id INTEGER PRIMARY KEY,
    region TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
    inventory INTEGER,
    UNIQUE (region, account, name));
CREATE TABLE IF NOT EXISTS archives (
    vault INTEGER NOT NULL, archive TEXT NOT NULL,
    size INTEGER NOT NULL, created INTEGER NOT NULL, tree_hash TEXT NOT NULL,
    description TEXT NOT NULL, file TEXT NOT NULL,
    PRIMARY KEY (vault, archive)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed (
    vault INTEGER NOT NULL, archive TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (vault, archive)) WITHOUT ROWID;
)";

constexpr sql::Form form{
    .name = "the list of archives",
    .version = 1,
    .schema = schema,
    .repair = "move the file away: `zglacier vault inventory` fills a new one"};

std::int64_t seconds_of(TimePoint time) {
    return time.time_since_epoch() / std::chrono::seconds(1);
}
TimePoint time_of(std::int64_t seconds) { return TimePoint(std::chrono::seconds(seconds)); }

/// SQLite's lower() handles only ASCII, like descriptions.
constexpr const char* of_query =
    "(?1 = '' OR v.region = ?1) AND (?2 = '' OR v.account = ?2) AND (?3 = '' OR v.name = ?3)";

void bind_vault(SQLite::Statement& statement, const BookQuery& query) {
    statement.bind(1, query.region);
    statement.bind(2, query.account);
    statement.bind(3, query.vault);
}

/// The id of the vault's row, which is added if it is missing.
std::int64_t id_of(SQLite::Database& database, const BookVault& vault) {
    SQLite::Statement insert(
        database, "INSERT OR IGNORE INTO vaults (region, account, name) VALUES (?, ?, ?)");
    SQLite::Statement query(database,
                            "SELECT id FROM vaults WHERE region = ? AND account = ? AND name = ?");
    for (SQLite::Statement* statement : {&insert, &query}) {
        statement->bind(1, vault.region);
        statement->bind(2, vault.account);
        statement->bind(3, vault.name);
    }
    insert.exec();
    query.executeStep();
    return query.getColumn(0).getInt64();
}

void run(SQLite::Database& database, const char* text, std::int64_t vault, std::int64_t value) {
    SQLite::Statement statement(database, text);
    statement.bind(1, vault);
    statement.bind(2, value);
    statement.exec();
}

}  // namespace

VaultBook::VaultBook(std::unique_ptr<sql::OwnFile> file) : file_(std::move(file)) {}
VaultBook::~VaultBook() = default;

Result<std::unique_ptr<VaultBook>> VaultBook::open(const std::string& file) {
    ZG_TRY(auto opened, sql::OwnFile::open(file, form));
    return std::unique_ptr<VaultBook>(new VaultBook(std::move(opened)));
}

Result<void> VaultBook::note(const BookEntry& entry) {
    return file_->attempt("cannot note the archive", [&](SQLite::Database& database) {
        SQLite::Statement insert(database,
                                 "INSERT OR REPLACE INTO archives (vault, archive, size, created, "
                                 "tree_hash, description, file) VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.bind(1, id_of(database, entry.vault));
        insert.bind(2, entry.archive);
        insert.bind(3, static_cast<std::int64_t>(entry.size));
        insert.bind(4, seconds_of(entry.created));
        insert.bind(5, entry.tree_hash.hex());
        insert.bind(6, entry.description);
        insert.bind(7, entry.file);
        insert.exec();
    });
}

Result<void> VaultBook::note_removed(const BookVault& vault,
                                     const std::vector<std::string>& archives, TimePoint now) {
    return file_->attempt("cannot note the removal of archives", [&](SQLite::Database& database) {
        const std::int64_t id = id_of(database, vault);
        SQLite::Statement insert(
            database, "INSERT OR REPLACE INTO removed (vault, archive, time) VALUES (?, ?, ?)");
        SQLite::Statement erase(database, "DELETE FROM archives WHERE archive = ?2");
        for (const std::string& archive : archives) {
            for (SQLite::Statement* statement : {&insert, &erase}) {
                statement->reset();
                statement->bind(2, archive);
            }
            insert.bind(1, id);
            insert.bind(3, seconds_of(now));
            insert.exec();
            erase.exec();
        }
    });
}

Result<void> VaultBook::take(const BookVault& vault, const Inventory& inventory) {
    return file_->attempt(
        "cannot note the content of the inventory", [&](SQLite::Database& database) {
            const std::int64_t id = id_of(database, vault);
            const std::int64_t date = seconds_of(inventory.date);
            SQLite::Statement known(database, "SELECT inventory FROM vaults WHERE id = ?");
            known.bind(1, id);
            if (known.executeStep() && !known.getColumn(0).isNull() &&
                known.getColumn(0).getInt64() > date)
                return;
            run(database, "UPDATE vaults SET inventory = ?2 WHERE id = ?1", id, date);
            const std::int64_t sure = seconds_of(inventory.date - inventory_lag);
            run(database, "DELETE FROM removed WHERE vault = ?1 AND time < ?2", id, sure);
            SQLite::Statement put(
                database,
                "INSERT INTO archives (vault, archive, size, created, tree_hash, "
                "description, file) SELECT ?1, ?2, ?3, ?4, ?5, ?6, '' "
                "WHERE NOT EXISTS (SELECT 1 FROM removed WHERE archive = ?2) "
                "ON CONFLICT (vault, archive) DO UPDATE SET size = ?3, created = ?4, "
                "tree_hash = ?5, description = ?6");
            database.exec(
                "CREATE TEMP TABLE IF NOT EXISTS listed (archive TEXT PRIMARY KEY) WITHOUT ROWID; "
                "DELETE FROM listed");
            SQLite::Statement list(database, "INSERT OR IGNORE INTO listed (archive) VALUES (?)");
            for (const InventoryArchive& archive : inventory.archives) {
                put.reset();
                put.bind(1, id);
                put.bind(2, archive.id);
                put.bind(3, static_cast<std::int64_t>(archive.size));
                put.bind(4, seconds_of(archive.created));
                put.bind(5, archive.tree_hash.hex());
                put.bind(6, archive.description);
                put.exec();
                list.reset();
                list.bind(1, archive.id);
                list.exec();
            }
            run(database,
                "DELETE FROM archives WHERE vault = ?1 AND created < ?2 AND archive NOT IN (SELECT "
                "archive FROM listed)",
                id, sure);
        });
}

Result<std::vector<BookEntry>> VaultBook::find(const BookQuery& query) {
    return file_->attempt("cannot read the list of archives", [&](SQLite::Database& database) {
        SQLite::Statement rows(
            database,
            fmt::format("SELECT v.region, v.account, v.name, a.archive, a.size, a.created, "
                        "a.tree_hash, a.description, max(a.file) FROM archives a JOIN vaults v ON "
                        "v.id = a.vault WHERE {} "
                        "AND (?4 = '' OR instr(lower(CASE a.file WHEN '' THEN a.description ELSE "
                        "a.file END), lower(?4)) > 0) "
                        "AND (?5 = '' OR instr(lower(a.description), lower(?5)) > 0) "
                        "AND (?6 = '' OR instr(lower(a.description), lower(?6)) > 0 OR "
                        "instr(lower(a.file), lower(?6)) > 0 OR instr(a.archive, ?6) > 0) "
                        "GROUP BY v.region, v.name, a.archive ORDER BY v.region, v.name, "
                        "a.created, a.archive",
                        of_query));
        bind_vault(rows, query);
        rows.bind(4, query.file);
        rows.bind(5, query.description);
        rows.bind(6, query.text);
        std::vector<BookEntry> entries;
        while (rows.executeStep())
            entries.push_back(
                {.vault = {.region = rows.getColumn(0).getString(),
                           .account = rows.getColumn(1).getString(),
                           .name = rows.getColumn(2).getString()},
                 .archive = rows.getColumn(3).getString(),
                 .size = static_cast<std::uint64_t>(rows.getColumn(4).getInt64()),
                 .created = time_of(rows.getColumn(5).getInt64()),
                 .tree_hash = codec::Sha256Digest::from_hex(rows.getColumn(6).getString())
                                  .value_or(codec::Sha256Digest{}),
                 .description = rows.getColumn(7).getString(),
                 .file = rows.getColumn(8).getString()});
        return entries;
    });
}

Result<std::vector<BookInventory>> VaultBook::inventories(const BookQuery& query) {
    return file_->attempt("cannot read the list of archives", [&](SQLite::Database& database) {
        SQLite::Statement rows(
            database,
            fmt::format("SELECT v.region, v.account, v.name, v.inventory, (SELECT count(*) FROM "
                        "archives a WHERE a.vault = v.id) FROM vaults v WHERE {} ORDER BY 1, 2, 3",
                        of_query));
        bind_vault(rows, query);
        std::vector<BookInventory> vaults;
        while (rows.executeStep()) {
            vaults.push_back(
                {.vault = {.region = rows.getColumn(0).getString(),
                           .account = rows.getColumn(1).getString(),
                           .name = rows.getColumn(2).getString()},
                 .date = std::nullopt,
                 .archives = static_cast<std::uint64_t>(rows.getColumn(4).getInt64())});
            if (const SQLite::Column date = rows.getColumn(3); !date.isNull())
                vaults.back().date = time_of(date.getInt64());
        }
        return vaults;
    });
}

}  // namespace zg::store
