// The journal of archives that are being stored: what a later run needs to resume one. It lies
// in the catalog's database; losing it costs the unfinished archives, no others.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zg::catalog {

class Catalog;

/// An archive that was begun and not committed. The notes are texts whose form is
/// ops/backup/journal.hpp's.
struct JournalEntry {
    std::string archive_id;
    std::string dataset;
    std::string note;  ///< what it was begun with
    /// a note of each segment that the store has confirmed, in order
    std::vector<std::string> segments;
};

/// One thread at a time. Errors are those of the database.
class Journal {
  public:
    /// `catalog` outlives this.
    explicit Journal(Catalog& catalog) : catalog_(catalog) {}

    /// Begins an archive.
    Result<void> begin(const std::string& archive_id, const std::string& dataset,
                       const std::string& note);
    /// Notes the segment with this number, from 1 on; it and all before it are in the store.
    Result<void> note_segment(const std::string& archive_id, std::size_t number,
                              const std::string& note);
    /// Forgets the segments after number `count`.
    Result<void> keep_segments(const std::string& archive_id, std::size_t count);
    /// Forgets an archive that was committed or given up; one that is not there is no error.
    Result<void> forget(const std::string& archive_id);
    /// All that are not forgotten, the oldest first.
    [[nodiscard]] Result<std::vector<JournalEntry>> entries() const;

  private:
    Catalog& catalog_;
};

}  // namespace zg::catalog
