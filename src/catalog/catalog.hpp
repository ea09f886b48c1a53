// The local index of one store's manifests. It can always be rebuilt from the store; nothing that
// matters is in it alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "catalog/manifest.hpp"

namespace zg::catalog {

/// When this machine requested a thaw, which few stores report. Losing it costs nothing.
struct ThawNote {
    TimePoint asked{};
    std::string tier;
    bool operator==(const ThawNote&) const = default;
};

/// A SQLite database, one for each store. One thread at a time; several processes may have it open.
class Catalog {
  public:
    /// Opens the catalog of store `store_id` in the folder `state_dir`, which exists, and creates
    /// it if it is missing. A file that is not a catalog, or of a newer format, is moved aside (to
    /// "….broken") and replaced by an empty one, since the store holds all of it; one of an older
    /// format is brought up to date.
    static Result<Catalog> open(const std::string& state_dir, const std::string& store_id,
                                Steps& steps);
    /// A catalog that is gone with the object.
    static Result<Catalog> in_memory(Steps& steps);
    ~Catalog();
    Catalog(Catalog&&) noexcept;
    Catalog& operator=(Catalog&&) noexcept;

    /// Adds an archive, or replaces the one of the same id. The names of an encrypted one are kept
    /// if they are known, and stay if they are not known this time.
    Result<void> put(const Manifest& manifest);
    /// Forgets an archive, and the notes of its thaws; one that is not there is no error.
    Result<void> remove(const std::string& archive_id);
    /// Forgets all.
    Result<void> clear();
    /// Notes that a thaw of these objects was requested; the last note of a name counts.
    Result<void> note_thaws(const std::vector<std::string>& object_names, const ThawNote& note);
    /// The notes by object name.
    [[nodiscard]] Result<std::map<std::string, ThawNote>> thaw_notes() const;
    /// All archives, by id, that is from the oldest on. damage if a row cannot be read.
    [[nodiscard]] Result<std::vector<Manifest>> archives() const;
    /// Where it is: the path, or ":memory:".
    [[nodiscard]] const std::string& path() const;
    /// True if open() found no sound catalog and began a new one.
    [[nodiscard]] bool made_new() const;

  private:
    friend class Journal;
    struct State;
    explicit Catalog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace zg::catalog
