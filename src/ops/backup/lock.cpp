#include "ops/backup/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace zg::ops {

Result<Lock> Lock::take(const std::string& folder, const std::string& name,
                        const std::string& what) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(errno_error(errno, "cannot create the folder", folder));
    const std::string path = folder + '/' + name;
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail(errno_error(errno, "cannot open the lock file", path));
    Lock lock(fd);
    char text[32] = {};
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return fail(errno_error(errno, "cannot lock the file", path));
        const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
        return fail({.kind = ErrorKind::locked,
                     .what = got > 0
                                 ? fmt::format("another run is working on it (process {})", text)
                                 : "another run is working on it",
                     .where = what,
                     .hint = "wait for it to end; nothing was changed"});
    }
    // The process id is only for messages. If the disk is full, the lock works without it.
    const std::string pid = std::to_string(::getpid());
    [[maybe_unused]] const bool noted =
        ::ftruncate(fd, 0) == 0 &&
        ::pwrite(fd, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
    return lock;
}

Lock::Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Lock::~Lock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace zg::ops
