#include "store/dir/tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"

namespace zg::store {

namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string_view parent_of(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

std::string leaf_of(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

bool same_file(const Place& a, const Place& b) {
    struct stat first{};
    struct stat second{};
    return ::fstatat(a.folder.get(), a.leaf.c_str(), &first, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstatat(b.folder.get(), b.leaf.c_str(), &second, AT_SYMLINK_NOFOLLOW) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

int rename_over(const Place& from, const Place& to) {
    return ::renameat(from.folder.get(), from.leaf.c_str(), to.folder.get(), to.leaf.c_str()) == 0
               ? 0
               : errno;
}

}  // namespace

TimePoint modified(const struct stat& info) {
    return TimePoint(std::chrono::seconds(info.st_mtim.tv_sec));
}

Result<DirTree> DirTree::open(std::string path, Steps& steps) {
    // The root itself may be a symbolic link: where the store is kept is the user's choice.
    Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (root) return DirTree(std::move(path), std::move(root), steps);
    Error error = errno_error(errno, "cannot open the store's folder", "dir:" + path);
    if (errno == ENOENT)
        error.hint = "mount the filesystem it is on, or create the store with: zglacier init";
    if (errno == ENOTDIR) error.kind = ErrorKind::usage;
    return fail(std::move(error));
}

std::string DirTree::where(std::string_view name) const {
    return fmt::format("dir:{}{}{}", path_, path_.ends_with('/') ? "" : "/", name);
}

Error DirTree::error(int errno_value, std::string what, std::string_view name) const {
    Error error = errno_error(errno_value, std::move(what), where(name));
    if (errno_value == EIO)
        error.hint =
            "the disk or the network below the folder fails: see dmesg, and zpool status for a "
            "pool";
    if (errno_value == ELOOP) {
        error.kind = ErrorKind::refused;
        error.cause = "it is a symbolic link, which a store never follows";
        error.hint = "replace it with the file or folder it points to";
    }
    return error;
}

void DirTree::step(std::string_view act, std::string_view name) const {
    steps_->at(fmt::format("dir.{} {}", act, name.empty() ? "." : name));
}

Result<void> DirTree::check_still_there() const {
    struct stat now{};
    struct stat then{};
    if (::fstat(root_.get(), &then) != 0) return fail(error(errno, "cannot stat the folder", ""));
    const int looked = ::stat(path_.c_str(), &now);
    if (looked == 0 && now.st_dev == then.st_dev && now.st_ino == then.st_ino) return {};
    return fail(
        {.kind = ErrorKind::io,
         .what = "the path leads to another folder than before: was the filesystem unmounted?",
         .where = url(),
         .hint = "mount the filesystem again, then run the same command again"});
}

Result<Fd> DirTree::walk(std::string_view path, bool create) const {
    Fd folder(::openat(root_.get(), ".", folder_flags));
    if (!folder) return fail(error(errno, "cannot open the folder", ""));
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string part(path.substr(begin, end - begin));
        const std::string_view so_far = path.substr(0, end);
        Fd next(::openat(folder.get(), part.c_str(), folder_flags));
        if (!next && errno == ENOENT && create) {
            step("mkdir", so_far);
            if (::mkdirat(folder.get(), part.c_str(), 0700) != 0 && errno != EEXIST)
                return fail(error(errno, "cannot create the folder", so_far));
            next.reset(::openat(folder.get(), part.c_str(), folder_flags));
        }
        if (!next) {
            const int reason = errno;
            struct stat info{};
            const bool link =
                reason == ENOTDIR &&
                ::fstatat(folder.get(), part.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISLNK(info.st_mode);
            Error failed = error(link ? ELOOP : reason, "cannot open the folder", so_far);
            // An object has the name that a folder would need: retrying cannot help.
            if (create && reason == ENOTDIR && !link) failed.kind = ErrorKind::conflict;
            return fail(std::move(failed));
        }
        folder = std::move(next);
        begin = end + 1;
    }
    return folder;
}

Result<Fd> DirTree::open_folder(std::string_view path) const { return walk(path, false); }

Result<Place> DirTree::find(std::string_view name) const {
    ZG_TRY(Fd folder, walk(parent_of(name), false));
    return Place{std::move(folder), leaf_of(name)};
}

Result<Place> DirTree::make(std::string_view name) const {
    ZG_TRY(Fd folder, walk(parent_of(name), true));
    return Place{std::move(folder), leaf_of(name)};
}

Result<Fd> DirTree::open_file(std::string_view name, int flags) const {
    ZG_TRY(const Place place, find(name));
    // O_NONBLOCK: opening a FIFO must not block.
    Fd file(::openat(place.folder.get(), place.leaf.c_str(),
                     flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat info{};
    const bool folder = !file && errno == EISDIR;
    if (!file && !folder) return fail(error(errno, "cannot open the object", name));
    if (folder || (::fstat(file.get(), &info) == 0 && !S_ISREG(info.st_mode)))
        return fail(error(ENOENT, "cannot open the object", name));
    return file;
}

Result<struct stat> DirTree::look(std::string_view name) const {
    ZG_TRY(const Place place, find(name));
    struct stat info{};
    if (::fstatat(place.folder.get(), place.leaf.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return fail(error(errno, "cannot find the object", name));
    return info;
}

Result<void> DirTree::sync_parents(std::string_view name) const {
    for (std::string_view path = name; !path.empty();) {
        path = parent_of(path);
        const auto folder = open_folder(path);
        if (!folder && folder.error().kind == ErrorKind::not_found) continue;
        if (!folder) return fail(folder.error());
        step("fsync", path);
        ZG_CHECK(sync_folder(folder->get(), where(path)));
    }
    return {};
}

Result<void> DirTree::remove_file(std::string_view name) const {
    const auto place = find(name);
    if (!place && place.error().kind != ErrorKind::not_found) return fail(place.error());
    if (place) {
        step("unlink", name);
        // EISDIR: a folder is not an object, so there is no object of that name.
        if (::unlinkat(place->folder.get(), place->leaf.c_str(), 0) != 0 && errno != ENOENT &&
            errno != EISDIR)
            return fail(error(errno, "cannot remove the object", name));
    }
    // Also if it was gone already: a crash may have happened between its removal and the fsync.
    return sync_parents(name);
}

Result<void> DirTree::remove_empty_parents(std::string_view name) const {
    for (std::string_view path = parent_of(name); !path.empty(); path = parent_of(path)) {
        const auto place = find(path);
        if (!place && place.error().kind == ErrorKind::not_found) continue;
        if (!place) return fail(place.error());
        step("rmdir", path);
        if (::unlinkat(place->folder.get(), place->leaf.c_str(), AT_REMOVEDIR) == 0) {
            step("fsync", parent_of(path));
            ZG_CHECK(sync_folder(place->folder.get(), where(parent_of(path))));
        } else if (errno != ENOENT) {
            // It may not be empty, or be a mount point, or belong to somebody else: an empty folder
            // does no harm.
            break;
        }
    }
    return {};
}

/// rename() that fails with EEXIST instead of replacing; returns errno. If the filesystem lacks it
/// (NFS, ZFS before 2.2), links the new name and unlinks the old one; a crash in between leaves
/// both, of which the old one is then an upload to be aborted.
int DirTree::rename_new(const Place& from, const Place& to, std::string_view from_name) const {
    if (::renameat2(from.folder.get(), from.leaf.c_str(), to.folder.get(), to.leaf.c_str(),
                    RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
    if (::linkat(from.folder.get(), from.leaf.c_str(), to.folder.get(), to.leaf.c_str(), 0) != 0)
        return errno;
    step("unlink", from_name);
    return ::unlinkat(from.folder.get(), from.leaf.c_str(), 0) == 0 ? 0 : errno;
}

/// False if a parent folder vanished between being created and being used: remove() in another
/// thread or process found it empty.
Result<bool> DirTree::try_move(std::string_view from, std::string_view to, bool replace) const {
    ZG_TRY(const Place source, find(from));
    ZG_TRY(const Place target, make(to));
    ZG_CHECK(check_still_there());
    step("rename", to);
    const int failed = replace ? rename_over(source, target) : rename_new(source, target, from);
    if (failed == 0) return true;
    if (failed == ENOENT &&
        ::faccessat(source.folder.get(), source.leaf.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return false;
    if (failed == EEXIST && same_file(source, target)) {
        ZG_CHECK(remove_file(from));
        return true;
    }
    Error error = this->error(failed, "cannot give the object its name", to);
    if (failed == EEXIST || failed == EISDIR || failed == ENOTEMPTY) {
        error.kind = ErrorKind::conflict;
        error.what = "the name exists already";
        error.cause.clear();
    }
    return fail(std::move(error));
}

Result<void> DirTree::move(std::string_view from, std::string_view to, bool replace) const {
    constexpr int most_tries = 100;
    bool moved = false;
    for (int i = 0; i < most_tries && !moved; ++i) {
        auto tried = try_move(from, to, replace);
        if (!tried && tried.error().kind == ErrorKind::not_found && look(from)) continue;
        if (!tried) return fail(std::move(tried.error()));
        moved = *tried;
    }
    if (!moved)
        return fail({.kind = ErrorKind::unavailable,
                     .what = "the object's folders are removed as fast as they are created",
                     .where = where(to)});
    ZG_CHECK(sync_parents(to));
    return sync_parents(from);
}

}  // namespace zg::store
