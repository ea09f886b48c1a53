#include "store/vault/index.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "sql/own_file.hpp"

namespace zg::store {

namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS objects (
    name TEXT PRIMARY KEY,
    archives TEXT NOT NULL, size INTEGER NOT NULL, tree_hash TEXT NOT NULL,
    modified INTEGER NOT NULL, upload_id TEXT NOT NULL,
    content BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed (
    archive TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    archive TEXT PRIMARY KEY, job_id TEXT NOT NULL, asked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS completions (
    upload_id TEXT PRIMARY KEY,
    name TEXT NOT NULL, size INTEGER NOT NULL, tree_hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (
    id INTEGER PRIMARY KEY CHECK (id = 1), inventory INTEGER NOT NULL, taken INTEGER NOT NULL);
)";

constexpr sql::Form form{
    .name = "the index of the vault",
    .version = 1,
    .schema = schema,
    .repair = "`zglacier catalog rebuild` rebuilds it from the vault's inventory"};

std::int64_t seconds_of(TimePoint time) {
    return time.time_since_epoch() / std::chrono::seconds(1);
}
TimePoint time_of(std::int64_t seconds) { return TimePoint(std::chrono::seconds(seconds)); }

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t space = std::min(text.find(' ', at), text.size());
        result.push_back(text.substr(at, space - at));
        at = space + 1;
    }
    return result;
}

void note_removed_in(SQLite::Database& database, const std::vector<std::string>& archives,
                     TimePoint now) {
    SQLite::Statement insert(database,
                             "INSERT OR REPLACE INTO removed (archive, time) VALUES (?, ?)");
    for (const std::string& archive : archives) {
        insert.bind(1, archive);
        insert.bind(2, seconds_of(now));
        insert.exec();
        insert.reset();
    }
}

/// name, archives, size, tree_hash, modified, upload_id
VaultObject object_of(SQLite::Statement& row) {
    return {.name = row.getColumn(0).getString(),
            .archives = words(row.getColumn(1).getString()),
            .size = static_cast<std::uint64_t>(row.getColumn(2).getInt64()),
            .tree_hash = codec::Sha256Digest::from_hex(row.getColumn(3).getString())
                             .value_or(codec::Sha256Digest{}),
            .modified = time_of(row.getColumn(4).getInt64()),
            .upload_id = row.getColumn(5).getString(),
            .content = std::nullopt};
}

}  // namespace

struct VaultIndex::State {
    std::unique_ptr<sql::OwnFile> file;
    std::mutex holding;       // of Hold
    std::mutex holding_jobs;  // of Hold
};

VaultIndex::VaultIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
VaultIndex::~VaultIndex() = default;
const std::string& VaultIndex::path() const { return state_->file->path(); }

Result<std::unique_ptr<VaultIndex>> VaultIndex::open(const std::string& file) {
    auto state = std::make_unique<State>();
    ZG_TRY(state->file, sql::OwnFile::open(file, form));
    return std::unique_ptr<VaultIndex>(new VaultIndex(std::move(state)));
}

Result<VaultIndex::Hold> VaultIndex::hold() { return hold_file(state_->holding, path() + ".lock"); }

Result<VaultIndex::Hold> VaultIndex::hold_jobs() {
    return hold_file(state_->holding_jobs, path() + ".jobs.lock");
}

Result<VaultIndex::Hold> VaultIndex::hold_file(std::mutex& mutex, const std::string& lock_file) {
    std::unique_lock threads(mutex);
    Fd processes(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!processes) return fail(errno_error(errno, "cannot open the lock file", lock_file));
    while (::flock(processes.get(), LOCK_EX) != 0) {
        if (errno != EINTR) return fail(errno_error(errno, "cannot lock the file", lock_file));
    }
    return Hold(std::move(threads), std::move(processes));
}

Result<std::optional<VaultKnowledge>> VaultIndex::known() {
    return state_->file->attempt(
        "cannot read the index of the vault",
        [&](SQLite::Database& database) -> std::optional<VaultKnowledge> {
            SQLite::Statement query(database, "SELECT inventory, taken FROM known");
            if (!query.executeStep()) return std::nullopt;
            return VaultKnowledge{.inventory = time_of(query.getColumn(0).getInt64()),
                                  .taken = time_of(query.getColumn(1).getInt64())};
        });
}

Result<void> VaultIndex::set_known(const VaultKnowledge& knowledge) {
    return state_->file->attempt(
        "cannot write the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement insert(
                database, "INSERT OR REPLACE INTO known (id, inventory, taken) VALUES (1, ?, ?)");
            insert.bind(1, seconds_of(knowledge.inventory));
            insert.bind(2, seconds_of(knowledge.taken));
            insert.exec();
        });
}

Result<std::optional<VaultObject>> VaultIndex::find(const std::string& name) {
    return state_->file->attempt(
        "cannot read the index of the vault",
        [&](SQLite::Database& database) -> std::optional<VaultObject> {
            SQLite::Statement query(database,
                                    "SELECT name, archives, size, tree_hash, modified, upload_id, "
                                    "content FROM objects WHERE name = ?");
            query.bind(1, name);
            if (!query.executeStep()) return std::nullopt;
            VaultObject object = object_of(query);
            if (const SQLite::Column content = query.getColumn(6); !content.isNull()) {
                const auto* bytes = static_cast<const std::byte*>(content.getBlob());
                object.content.emplace(bytes, bytes + content.getBytes());
            }
            return object;
        });
}

Result<std::vector<VaultObject>> VaultIndex::list(std::string_view prefix) {
    return state_->file->attempt(
        "cannot read the index of the vault", [&](SQLite::Database& database) {
            std::vector<VaultObject> objects;
            SQLite::Statement query(
                database,
                "SELECT name, archives, size, tree_hash, modified, upload_id FROM objects WHERE "
                "substr(name, 1, length(?1)) = ?1 ORDER BY name");
            query.bind(1, std::string(prefix));
            while (query.executeStep()) objects.push_back(object_of(query));
            return objects;
        });
}

Result<void> VaultIndex::put(const VaultObject& object) {
    return state_->file->attempt(
        "cannot note the object in the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement insert(
                database,
                "INSERT OR REPLACE INTO objects (name, archives, size, tree_hash, modified, "
                "upload_id, content) VALUES (?, ?, ?, ?, ?, ?, ?)");
            insert.bind(1, object.name);
            insert.bind(2, fmt::format("{}", fmt::join(object.archives, " ")));
            insert.bind(3, static_cast<std::int64_t>(object.size));
            insert.bind(4, object.tree_hash.hex());
            insert.bind(5, seconds_of(object.modified));
            insert.bind(6, object.upload_id);
            // A null pointer would be NULL, not an empty content.
            if (object.content)
                insert.bind(
                    7,
                    object.content->empty() ? "" : static_cast<const void*>(object.content->data()),
                    static_cast<int>(object.content->size()));
            insert.exec();
            SQLite::Statement done(database, "DELETE FROM completions WHERE upload_id = ?");
            done.bind(1, object.upload_id);
            done.exec();
        });
}

Result<void> VaultIndex::remove(const std::string& name, TimePoint now) {
    ZG_TRY(const auto object, find(name));
    if (!object) return {};
    return state_->file->attempt(
        "cannot remove the object from the index of the vault", [&](SQLite::Database& database) {
            note_removed_in(database, object->archives, now);
            SQLite::Statement erase(database, "DELETE FROM objects WHERE name = ?");
            erase.bind(1, name);
            erase.exec();
        });
}

Result<void> VaultIndex::note_removed(const std::vector<std::string>& archives, TimePoint now) {
    return state_->file->attempt(
        "cannot write the index of the vault",
        [&](SQLite::Database& database) { note_removed_in(database, archives, now); });
}

Result<std::set<std::string>> VaultIndex::removed() {
    return state_->file->attempt(
        "cannot read the index of the vault", [&](SQLite::Database& database) {
            std::set<std::string> archives;
            SQLite::Statement query(database, "SELECT archive FROM removed");
            while (query.executeStep()) archives.insert(query.getColumn(0).getString());
            return archives;
        });
}

Result<void> VaultIndex::forget_removed(TimePoint time) {
    return state_->file->attempt(
        "cannot write the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement erase(database, "DELETE FROM removed WHERE time < ?");
            erase.bind(1, seconds_of(time));
            erase.exec();
        });
}

Result<void> VaultIndex::note_job(const std::string& archive, const JobNote& note) {
    return state_->file->attempt(
        "cannot note the retrieval in the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement insert(
                database, "INSERT OR REPLACE INTO jobs (archive, job_id, asked) VALUES (?, ?, ?)");
            insert.bind(1, archive);
            insert.bind(2, note.job_id);
            insert.bind(3, seconds_of(note.asked));
            insert.exec();
        });
}

Result<std::optional<JobNote>> VaultIndex::job_of(const std::string& archive) {
    return state_->file->attempt(
        "cannot read the index of the vault",
        [&](SQLite::Database& database) -> std::optional<JobNote> {
            SQLite::Statement query(database, "SELECT job_id, asked FROM jobs WHERE archive = ?");
            query.bind(1, archive);
            if (!query.executeStep()) return std::nullopt;
            return JobNote{.job_id = query.getColumn(0).getString(),
                           .asked = time_of(query.getColumn(1).getInt64())};
        });
}

Result<void> VaultIndex::begin_completion(const Completion& completion) {
    return state_->file->attempt(
        "cannot write the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement insert(database,
                                     "INSERT OR REPLACE INTO completions (upload_id, name, size, "
                                     "tree_hash) VALUES (?, ?, ?, ?)");
            insert.bind(1, completion.upload_id);
            insert.bind(2, completion.name);
            insert.bind(3, static_cast<std::int64_t>(completion.size));
            insert.bind(4, completion.tree_hash.hex());
            insert.exec();
        });
}

Result<void> VaultIndex::end_completion(const std::string& upload_id) {
    return state_->file->attempt(
        "cannot write the index of the vault", [&](SQLite::Database& database) {
            SQLite::Statement erase(database, "DELETE FROM completions WHERE upload_id = ?");
            erase.bind(1, upload_id);
            erase.exec();
        });
}

Result<std::vector<Completion>> VaultIndex::completions() {
    return state_->file->attempt(
        "cannot read the index of the vault", [&](SQLite::Database& database) {
            std::vector<Completion> all;
            SQLite::Statement query(database,
                                    "SELECT upload_id, name, size, tree_hash FROM completions");
            while (query.executeStep())
                all.push_back(
                    {.upload_id = query.getColumn(0).getString(),
                     .name = query.getColumn(1).getString(),
                     .size = static_cast<std::uint64_t>(query.getColumn(2).getInt64()),
                     .tree_hash = codec::Sha256Digest::from_hex(query.getColumn(3).getString())
                                      .value_or(codec::Sha256Digest{})});
            return all;
        });
}

}  // namespace zg::store
