// The local index of one store's manifests. It can always be made anew from the store; nothing is in it alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/steps.hpp"
#include "catalog/manifest.hpp"

namespace zg::catalog {

/// A SQLite database, one for each store. One thread at a time; several processes may have it open.
class Catalog {
  public:
    /// Opens the catalog of store `store_id` in the folder `state_dir`, which exists, and makes it where it is missing. A file that is no catalog,
    /// or of another format, is moved aside (to "….broken") and begun anew, since the store holds all of it.
    static Result<Catalog> open(const std::string& state_dir, const std::string& store_id, Steps& steps);
    /// A catalog that is gone with the object.
    static Result<Catalog> in_memory(Steps& steps);
    ~Catalog();
    Catalog(Catalog&&) noexcept;
    Catalog& operator=(Catalog&&) noexcept;

    /// Adds an archive, or replaces the one of the same id.
    Result<void> put(const Manifest& manifest);
    /// Forgets an archive; one that is not there is no error.
    Result<void> remove(const std::string& archive_id);
    /// Forgets all.
    Result<void> clear();
    /// All archives, by id, that is from the oldest on. damage where a row cannot be read.
    [[nodiscard]] Result<std::vector<Manifest>> archives() const;
    /// Where it is: the path, or ":memory:".
    [[nodiscard]] const std::string& path() const;
    /// True where open() found no sound catalog and began a new one.
    [[nodiscard]] bool made_new() const;

  private:
    struct State;
    explicit Catalog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace zg::catalog
