// The folder of a dir store and everything below it; names cannot lead out of it. For DirStore
// only.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

/// The place of an existing or future file: an open folder, and the name in it.
struct Place {
    Fd folder;
    std::string leaf;
};

/// Every path is relative to the folder found by open(), and is walked component by component
/// without following symbolic links. Each change is announced to `steps` just before it is made.
/// May be called from any thread.
class DirTree {
  public:
    static Result<DirTree> open(std::string path, Steps& steps);

    /// "dir:/path"
    [[nodiscard]] std::string url() const { return "dir:" + path_; }
    /// "dir:/path/name"
    [[nodiscard]] std::string where(std::string_view name) const;
    /// The error for errno about `name`.
    [[nodiscard]] Error error(int errno_value, std::string what, std::string_view name) const;
    void step(std::string_view act, std::string_view name) const;

    /// io if the path leads to another folder than when the tree was opened: then nothing must be
    /// written.
    [[nodiscard]] Result<void> check_still_there() const;

    /// Opens a folder; "" is the root.
    [[nodiscard]] Result<Fd> open_folder(std::string_view path) const;
    /// Opens a plain file; not_found for a folder, refused for a symbolic link.
    [[nodiscard]] Result<Fd> open_file(std::string_view name, int flags) const;
    /// The place of a name whose parent folder exists.
    [[nodiscard]] Result<Place> find(std::string_view name) const;
    /// The place of a name; creates missing parent folders. They are durable after sync_parents().
    [[nodiscard]] Result<Place> make(std::string_view name) const;
    /// The result of lstat; not_found.
    [[nodiscard]] Result<struct stat> look(std::string_view name) const;

    /// Makes the name itself, and the names of all its parent folders, durable. It is not an error
    /// if folders are gone.
    [[nodiscard]] Result<void> sync_parents(std::string_view name) const;
    /// Unlinks a name and makes that durable; it is not an error if the name is gone.
    [[nodiscard]] Result<void> remove_file(std::string_view name) const;
    /// Removes the empty parent folders of `name`, from the deepest up; never the root.
    [[nodiscard]] Result<void> remove_empty_parents(std::string_view name) const;
    /// Removes the empty folders directly below `path`; those that cannot be read or removed stay.
    void remove_empty_folders(const std::string& path) const;

    /// Renames the file `from` to `to`. If `to` exists, replaces it if `replace` is set, else fails
    /// with conflict. Durable on success. Succeeds if `to` is already the same file as `from`,
    /// which a crash can leave.
    [[nodiscard]] Result<void> move(std::string_view from, std::string_view to, bool replace) const;

    /// The objects whose names begin with `prefix`, sorted.
    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view prefix) const;

  private:
    DirTree(std::string path, Fd root, Steps& steps)
        : path_(std::move(path)), root_(std::move(root)), steps_(&steps) {}
    [[nodiscard]] Result<Fd> walk(std::string_view path, bool create) const;
    [[nodiscard]] int rename_new(const Place& from, const Place& to,
                                 std::string_view from_name) const;
    [[nodiscard]] Result<bool> try_move(std::string_view from, std::string_view to,
                                        bool replace) const;
    [[nodiscard]] Result<void> list_folder(Fd folder, const std::string& path,
                                           std::string_view prefix,
                                           std::vector<Entry>& entries) const;

    std::string path_;
    Fd root_;
    Steps* steps_;
};

/// When the file was last written.
TimePoint modified(const struct stat& info);

}  // namespace zg::store
