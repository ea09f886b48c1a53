#include "store/vault_index.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>

#include "sql/error.hpp"

namespace zg::store {

namespace {

constexpr int schema_version = 1;
constexpr const char* repair = "it is made anew by `zglacier catalog rebuild`, which asks for the vault's inventory";

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS objects (name TEXT PRIMARY KEY, archives TEXT NOT NULL, size INTEGER NOT NULL, tree_hash TEXT NOT NULL, modified INTEGER NOT NULL,
                                    upload_id TEXT NOT NULL, content BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed (archive TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (archive TEXT PRIMARY KEY, job_id TEXT NOT NULL, asked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS completions (upload_id TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, tree_hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (id INTEGER PRIMARY KEY CHECK (id = 1), inventory INTEGER NOT NULL, taken INTEGER NOT NULL);
)";

std::int64_t seconds_of(TimePoint time) { return time.time_since_epoch() / std::chrono::seconds(1); }
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

/// name, archives, size, tree_hash, modified, upload_id
VaultObject object_of(SQLite::Statement& row) {
    return {.name = row.getColumn(0).getString(),
            .archives = words(row.getColumn(1).getString()),
            .size = static_cast<std::uint64_t>(row.getColumn(2).getInt64()),
            .tree_hash = codec::Sha256Digest::from_hex(row.getColumn(3).getString()).value_or(codec::Sha256Digest{}),
            .modified = time_of(row.getColumn(4).getInt64()),
            .upload_id = row.getColumn(5).getString(),
            .content = std::nullopt};
}

}  // namespace

struct VaultIndex::State {
    explicit State(const std::string& file) : database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, sql::busy_timeout_ms), path(file) {
        const int version = database.execAndGet("PRAGMA user_version").getInt();
        if (version != 0 && version != schema_version) throw SQLite::Exception("another version of the index", 26);  // SQLITE_NOTADB
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec(schema);
        database.exec(fmt::format("PRAGMA user_version = {}", schema_version));
        transaction.commit();
    }

    void note_removed(const std::vector<std::string>& archives, TimePoint now) {
        SQLite::Statement insert(database, "INSERT OR REPLACE INTO removed (archive, time) VALUES (?, ?)");
        for (const std::string& archive : archives) {
            insert.bind(1, archive);
            insert.bind(2, seconds_of(now));
            insert.exec();
            insert.reset();
        }
    }

    SQLite::Database database;
    std::string path;
    std::mutex mutex;    // of the database
    std::mutex holding;  // of Hold
};

VaultIndex::VaultIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
VaultIndex::~VaultIndex() = default;
const std::string& VaultIndex::path() const { return state_->path; }

Result<std::unique_ptr<VaultIndex>> VaultIndex::open(const std::string& file) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
    if (error) return fail(errno_error(error.value(), "cannot make the folder of the vault's index", file));
    for (bool again = false;; again = true) {
        try {
            return std::unique_ptr<VaultIndex>(new VaultIndex(std::make_unique<State>(file)));
        } catch (const SQLite::Exception& exception) {
            Error failed = sql::error_of(exception, "cannot open the index of the vault", file, repair);
            if (again || failed.kind != ErrorKind::damage) return fail(std::move(failed));
            std::filesystem::rename(file, file + ".broken", error);
            std::filesystem::remove(file + "-journal", error);
        }
    }
}

template <class Act>
auto VaultIndex::attempt(const char* what, Act act) -> Result<decltype(act())> {
    const std::lock_guard lock(state_->mutex);
    try {
        if constexpr (std::is_void_v<decltype(act())>) {
            SQLite::Transaction transaction(state_->database, SQLite::TransactionBehavior::IMMEDIATE);
            act();
            transaction.commit();
            return {};
        } else {
            return act();
        }
    } catch (const SQLite::Exception& exception) {
        return fail(sql::error_of(exception, what, state_->path, repair));
    }
}

Result<VaultIndex::Hold> VaultIndex::hold() {
    std::unique_lock threads(state_->holding);
    const std::string path = state_->path + ".lock";
    Fd processes(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!processes) return fail(errno_error(errno, "cannot open the lock file", path));
    while (::flock(processes.get(), LOCK_EX) != 0) {
        if (errno != EINTR) return fail(errno_error(errno, "cannot lock the file", path));
    }
    return Hold(std::move(threads), std::move(processes));
}

Result<std::optional<VaultKnowledge>> VaultIndex::known() {
    return attempt("cannot read the index of the vault", [&]() -> std::optional<VaultKnowledge> {
        SQLite::Statement query(state_->database, "SELECT inventory, taken FROM known");
        if (!query.executeStep()) return std::nullopt;
        return VaultKnowledge{.inventory = time_of(query.getColumn(0).getInt64()), .taken = time_of(query.getColumn(1).getInt64())};
    });
}

Result<void> VaultIndex::set_known(const VaultKnowledge& knowledge) {
    return attempt("cannot write the index of the vault", [&] {
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO known (id, inventory, taken) VALUES (1, ?, ?)");
        insert.bind(1, seconds_of(knowledge.inventory));
        insert.bind(2, seconds_of(knowledge.taken));
        insert.exec();
    });
}

Result<std::optional<VaultObject>> VaultIndex::find(const std::string& name) {
    return attempt("cannot read the index of the vault", [&]() -> std::optional<VaultObject> {
        SQLite::Statement query(state_->database, "SELECT name, archives, size, tree_hash, modified, upload_id, content FROM objects WHERE name = ?");
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
    return attempt("cannot read the index of the vault", [&] {
        std::vector<VaultObject> objects;
        SQLite::Statement query(state_->database, "SELECT name, archives, size, tree_hash, modified, upload_id FROM objects WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name");
        query.bind(1, std::string(prefix));
        while (query.executeStep()) objects.push_back(object_of(query));
        return objects;
    });
}

Result<void> VaultIndex::put(const VaultObject& object) {
    return attempt("cannot note the object in the index of the vault", [&] {
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO objects (name, archives, size, tree_hash, modified, upload_id, content) VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.bind(1, object.name);
        insert.bind(2, fmt::format("{}", fmt::join(object.archives, " ")));
        insert.bind(3, static_cast<std::int64_t>(object.size));
        insert.bind(4, object.tree_hash.hex());
        insert.bind(5, seconds_of(object.modified));
        insert.bind(6, object.upload_id);
        // A null pointer would be NULL, not an empty content.
        if (object.content) insert.bind(7, object.content->empty() ? "" : static_cast<const void*>(object.content->data()), static_cast<int>(object.content->size()));
        insert.exec();
        SQLite::Statement done(state_->database, "DELETE FROM completions WHERE upload_id = ?");
        done.bind(1, object.upload_id);
        done.exec();
    });
}

Result<void> VaultIndex::remove(const std::string& name, TimePoint now) {
    ZG_TRY(const auto object, find(name));
    if (!object) return {};
    return attempt("cannot remove the object from the index of the vault", [&] {
        state_->note_removed(object->archives, now);
        SQLite::Statement erase(state_->database, "DELETE FROM objects WHERE name = ?");
        erase.bind(1, name);
        erase.exec();
    });
}

Result<void> VaultIndex::note_removed(const std::vector<std::string>& archives, TimePoint now) {
    return attempt("cannot write the index of the vault", [&] { state_->note_removed(archives, now); });
}

Result<std::set<std::string>> VaultIndex::removed() {
    return attempt("cannot read the index of the vault", [&] {
        std::set<std::string> archives;
        SQLite::Statement query(state_->database, "SELECT archive FROM removed");
        while (query.executeStep()) archives.insert(query.getColumn(0).getString());
        return archives;
    });
}

Result<void> VaultIndex::forget_removed(TimePoint time) {
    return attempt("cannot write the index of the vault", [&] {
        SQLite::Statement erase(state_->database, "DELETE FROM removed WHERE time < ?");
        erase.bind(1, seconds_of(time));
        erase.exec();
    });
}

Result<void> VaultIndex::note_job(const std::string& archive, const JobNote& note) {
    return attempt("cannot note the retrieval in the index of the vault", [&] {
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO jobs (archive, job_id, asked) VALUES (?, ?, ?)");
        insert.bind(1, archive);
        insert.bind(2, note.job_id);
        insert.bind(3, seconds_of(note.asked));
        insert.exec();
    });
}

Result<std::optional<JobNote>> VaultIndex::job_of(const std::string& archive) {
    return attempt("cannot read the index of the vault", [&]() -> std::optional<JobNote> {
        SQLite::Statement query(state_->database, "SELECT job_id, asked FROM jobs WHERE archive = ?");
        query.bind(1, archive);
        if (!query.executeStep()) return std::nullopt;
        return JobNote{.job_id = query.getColumn(0).getString(), .asked = time_of(query.getColumn(1).getInt64())};
    });
}

Result<void> VaultIndex::begin_completion(const Completion& completion) {
    return attempt("cannot write the index of the vault", [&] {
        SQLite::Statement insert(state_->database, "INSERT OR REPLACE INTO completions (upload_id, name, size, tree_hash) VALUES (?, ?, ?, ?)");
        insert.bind(1, completion.upload_id);
        insert.bind(2, completion.name);
        insert.bind(3, static_cast<std::int64_t>(completion.size));
        insert.bind(4, completion.tree_hash.hex());
        insert.exec();
    });
}

Result<void> VaultIndex::end_completion(const std::string& upload_id) {
    return attempt("cannot write the index of the vault", [&] {
        SQLite::Statement erase(state_->database, "DELETE FROM completions WHERE upload_id = ?");
        erase.bind(1, upload_id);
        erase.exec();
    });
}

Result<std::vector<Completion>> VaultIndex::completions() {
    return attempt("cannot read the index of the vault", [&] {
        std::vector<Completion> all;
        SQLite::Statement query(state_->database, "SELECT upload_id, name, size, tree_hash FROM completions");
        while (query.executeStep())
            all.push_back({.upload_id = query.getColumn(0).getString(),
                           .name = query.getColumn(1).getString(),
                           .size = static_cast<std::uint64_t>(query.getColumn(2).getInt64()),
                           .tree_hash = codec::Sha256Digest::from_hex(query.getColumn(3).getString()).value_or(codec::Sha256Digest{})});
        return all;
    });
}

}  // namespace zg::store
