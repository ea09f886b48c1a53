// DirTree::list(): walks over a dir store.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "store/dir/tree.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

/// The names in the folder that can be objects or lead to objects; other files ("lost+found",
/// ".zfs", temporary files) are left out.
Result<std::vector<std::string>> names_in(Fd folder, const DirTree& tree, const std::string& path) {
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(folder.get()));
    if (!stream) return fail(tree.error(errno, "cannot list the folder", path));
    [[maybe_unused]] const int owned_by_stream = folder.release();
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's own
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr && errno != 0)
            return fail(tree.error(errno, "cannot list the folder", path));
        if (entry == nullptr) return names;
        if (check_name(entry->d_name)) names.emplace_back(entry->d_name);
    }
}

}  // namespace

Result<void> DirTree::list_folder(Fd folder, const std::string& path, std::string_view prefix,
                                  std::vector<Entry>& entries) const {
    const int number = ::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0);
    if (number < 0) return fail(error(errno, "cannot list the folder", path));
    const Fd self(number);
    ZG_TRY(const std::vector<std::string> names, names_in(std::move(folder), *this, path));
    for (const std::string& leaf : names) {
        const std::string name = path.empty() ? leaf : path + '/' + leaf;
        const bool below = name.starts_with(prefix) || prefix.starts_with(name + '/');
        if (!below) continue;
        struct stat info{};
        if (::fstatat(self.get(), leaf.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) continue;  // removed in the meantime
            return fail(error(errno, "cannot stat the object", name));
        }
        if (S_ISREG(info.st_mode) && name.starts_with(prefix) && check_name(name))
            entries.push_back({.name = name,
                               .size = static_cast<std::uint64_t>(info.st_size),
                               .modified = modified(info)});
        if (!S_ISDIR(info.st_mode)) continue;
        Fd inner(
            ::openat(self.get(), leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!inner && errno == ENOENT) continue;
        if (!inner) return fail(error(errno, "cannot open the folder", name));
        ZG_CHECK(list_folder(std::move(inner), name, prefix, entries));
    }
    return {};
}

void DirTree::remove_empty_folders(const std::string& path) const {
    auto folder = open_folder(path);
    if (!folder) return;
    const auto names = names_in(std::move(*folder), *this, path);
    if (!names) return;
    for (const std::string& leaf : *names) {
        const std::string name = path + '/' + leaf;
        auto inner = open_folder(name);
        if (!inner) continue;
        const auto inside = names_in(std::move(*inner), *this, name);
        if (inside && inside->empty()) (void)remove_empty_parents(name + "/object");
    }
}

Result<std::vector<Entry>> DirTree::list(std::string_view prefix) const {
    std::vector<Entry> entries;
    // The walk starts in the folder of the prefix, so that one archive's objects are found without
    // reading all others.
    const std::size_t slash = prefix.rfind('/');
    const std::string start(slash == std::string_view::npos ? std::string_view{}
                                                            : prefix.substr(0, slash));
    if (!start.empty() && !check_name(start)) return entries;
    if (slash == 0) return entries;
    auto folder = open_folder(start);
    if (!folder && folder.error().kind == ErrorKind::not_found) return entries;
    if (!folder) return fail(std::move(folder.error()));
    ZG_CHECK(list_folder(std::move(*folder), start, prefix, entries));
    std::ranges::sort(entries, {}, &Entry::name);
    // readdir may return a name twice if the folder changes in the meantime.
    const auto [begin, end] = std::ranges::unique(entries, {}, &Entry::name);
    entries.erase(begin, end);
    return entries;
}

}  // namespace zg::store
