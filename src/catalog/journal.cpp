#include "catalog/journal.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalog/catalog_state.hpp"

namespace zg::catalog {

Result<void> Journal::begin(const std::string& archive_id, const std::string& dataset,
                            const std::string& note) {
    return catalog_.state_->change(
        "journal_begin", "cannot note the archive that is begun in the journal", [&] {
            SQLite::Statement insert(
                catalog_.state_->database,
                "INSERT OR REPLACE INTO unfinished (id, dataset, note) VALUES (?, ?, ?)");
            insert.bind(1, archive_id);
            insert.bind(2, dataset);
            insert.bind(3, note);
            insert.exec();
        });
}

Result<void> Journal::note_segment(const std::string& archive_id, std::size_t number,
                                   const std::string& note) {
    return catalog_.state_->change(
        "journal_segment", "cannot note the segment in the journal", [&] {
            SQLite::Statement insert(
                catalog_.state_->database,
                "INSERT OR REPLACE INTO confirmed (id, number, note) VALUES (?, ?, ?)");
            insert.bind(1, archive_id);
            insert.bind(2, static_cast<std::int64_t>(number));
            insert.bind(3, note);
            insert.exec();
        });
}

Result<void> Journal::keep_segments(const std::string& archive_id, std::size_t count) {
    return catalog_.state_->change("journal_keep", "cannot forget segments in the journal", [&] {
        SQLite::Statement erase(catalog_.state_->database,
                                "DELETE FROM confirmed WHERE id = ? AND number > ?");
        erase.bind(1, archive_id);
        erase.bind(2, static_cast<std::int64_t>(count));
        erase.exec();
    });
}

Result<void> Journal::forget(const std::string& archive_id) {
    return catalog_.state_->change(
        "journal_forget", "cannot forget the archive in the journal", [&] {
            SQLite::Transaction transaction(catalog_.state_->database);
            for (const char* text :
                 {"DELETE FROM confirmed WHERE id = ?", "DELETE FROM unfinished WHERE id = ?"}) {
                SQLite::Statement erase(catalog_.state_->database, text);
                erase.bind(1, archive_id);
                erase.exec();
            }
            transaction.commit();
        });
}

Result<std::vector<JournalEntry>> Journal::entries() const {
    std::vector<JournalEntry> entries;
    try {
        SQLite::Statement query(catalog_.state_->database,
                                "SELECT id, dataset, note FROM unfinished ORDER BY id");
        while (query.executeStep())
            entries.push_back({.archive_id = query.getColumn(0).getString(),
                               .dataset = query.getColumn(1).getString(),
                               .note = query.getColumn(2).getString(),
                               .segments = {}});
        for (JournalEntry& entry : entries) {
            SQLite::Statement segments(
                catalog_.state_->database,
                "SELECT number, note FROM confirmed WHERE id = ? ORDER BY number");
            segments.bind(1, entry.archive_id);
            // What comes after a gap does not count.
            while (segments.executeStep() &&
                   segments.getColumn(0).getInt64() ==
                       static_cast<std::int64_t>(entry.segments.size()) + 1)
                entry.segments.push_back(segments.getColumn(1).getString());
        }
    } catch (const SQLite::Exception& exception) {
        return fail(catalog_error(exception, "cannot read the journal", catalog_.state_->path));
    }
    return entries;
}

}  // namespace zg::catalog
