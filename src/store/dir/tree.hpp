// The folder of a dir store, and everything below it by names that cannot lead out of it. For
// DirStore only.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

/// Where a file lies or shall lie: an open folder, and the name in it.
struct Place {
    Fd folder;
    std::string leaf;
};

/// Every path is relative to the folder found by open() and is walked part by part without
/// following a symbolic link. Each change is announced to `steps` just before it is made. Called
/// from any thread.
class DirTree {
  public:
    static Result<DirTree> open(std::string path, Steps& steps);

    /// "dir:/path"
    [[nodiscard]] std::string url() const { return "dir:" + path_; }
    /// "dir:/path/name"
    [[nodiscard]] std::string where(std::string_view name) const;
    /// What errno says of `name`.
    [[nodiscard]] Error error(int errno_value, std::string what, std::string_view name) const;
    void step(std::string_view act, std::string_view name) const;

    /// io where the path leads to another folder than it did when the tree was opened: nothing must
    /// be written then.
    [[nodiscard]] Result<void> check_still_there() const;

    /// Opens a folder; "" is the root.
    [[nodiscard]] Result<Fd> open_folder(std::string_view path) const;
    /// Opens a plain file; not_found for a folder, refused for a symbolic link.
    [[nodiscard]] Result<Fd> open_file(std::string_view name, int flags) const;
    /// The place of a name whose parent folder exists.
    [[nodiscard]] Result<Place> find(std::string_view name) const;
    /// The place of a name; makes the parent folders it lacks. They are durable after
    /// sync_parents().
    [[nodiscard]] Result<Place> make(std::string_view name) const;
    /// What lies there, as lstat tells; not_found.
    [[nodiscard]] Result<struct stat> look(std::string_view name) const;

    /// Makes the name itself, and the names of all folders it lies in, durable. No error where
    /// folders are gone.
    [[nodiscard]] Result<void> sync_parents(std::string_view name) const;
    /// Unlinks a name and makes that durable; gone already is no error.
    [[nodiscard]] Result<void> remove_file(std::string_view name) const;
    /// Removes the folders above `name` that are empty, from the deepest up; never the root.
    [[nodiscard]] Result<void> remove_empty_parents(std::string_view name) const;
    /// Removes the folders right below `path` that are empty; what cannot be looked at or removed
    /// stays.
    void remove_empty_folders(const std::string& path) const;

    /// Gives the file `from` the name `to`: in place of what has that name if `replace` is set,
    /// else conflict where there is something. Durable on success. A call that finds `to` to be the
    /// file `from` already (a crash came between) succeeds.
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
