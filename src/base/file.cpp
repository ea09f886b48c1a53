#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace zg {

namespace {

/// Linux moves at most this much in one call.
constexpr std::size_t max_transfer = 0x7ffff000;

std::string parent_folder(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string random_suffix() {
    std::array<std::byte, 8> raw{};
    SystemRandom().fill(raw);
    return fmt::format("{:016x}", load_int<std::uint64_t>(raw, 0));
}

Result<void> write_and_sync(const std::string& path, Bytes bytes) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail(errno_error(errno, "cannot create the file", path));
    ZG_CHECK(write_fully(file.get(), bytes, path));
    return sync_file(file.get(), path);
}

}  // namespace

void Fd::reset(int fd) {
    // EINTR needs no second call: on Linux the descriptor is closed anyway.
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

Result<void> write_fully(int fd, Bytes bytes, const std::string& where) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), std::min(bytes.size(), max_transfer));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(errno_error(errno, "cannot write", where));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> write_fully_at(int fd, Bytes bytes, std::uint64_t offset, const std::string& where) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd, bytes.data(), std::min(bytes.size(), max_transfer),
                                       static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(errno_error(errno, "cannot write", where));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<std::size_t> read_fully_at(int fd, MutableBytes into, std::uint64_t offset,
                                  const std::string& where) {
    std::size_t done = 0;
    while (done < into.size()) {
        const MutableBytes rest = into.subspan(done);
        const ssize_t count = ::pread(fd, rest.data(), std::min(rest.size(), max_transfer),
                                      static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(errno_error(errno, "cannot read", where));
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Result<void> sync_file(int fd, const std::string& where) {
    // Never repeated after an error: a second fsync can succeed although the kernel has dropped the
    // pages.
    if (::fsync(fd) != 0)
        return fail(errno_error(errno, "cannot write the data to the disk (fsync)", where));
    return {};
}

Result<void> sync_folder(int fd, const std::string& where) {
    if (::fsync(fd) == 0) return {};
    // Some network and FUSE filesystems have no fsync for folders, and there is no alternative.
    if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return {};
    return fail(errno_error(errno, "cannot write the folder to the disk (fsync)", where));
}

Result<void> sync_folder(const std::string& path) {
    const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return fail(errno_error(errno, "cannot open the folder", path));
    return sync_folder(folder.get(), path);
}

Result<Buffer> read_file(const std::string& path, std::size_t limit) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail(errno_error(errno, "cannot open the file", path));
    Buffer content;
    constexpr std::size_t step = std::size_t{64} << 10;
    for (;;) {
        const std::size_t done = content.size();
        content.resize(done + step);
        const ssize_t count = ::read(file.get(), content.data() + done, step);
        content.resize(done + (count > 0 ? static_cast<std::size_t>(count) : 0));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(errno_error(errno, "cannot read", path));
        if (count == 0) return content;
        if (content.size() > limit)
            return fail({.kind = ErrorKind::damage,
                         .what = fmt::format("the file has more than {} bytes", limit),
                         .where = path});
    }
}

Result<void> write_file_atomically(const std::string& path, Bytes bytes) {
    const std::string temporary = fmt::format("{}.{}.tmp", path, random_suffix());
    auto written = write_and_sync(temporary, bytes);
    if (written && std::rename(temporary.c_str(), path.c_str()) != 0)
        written = fail(errno_error(errno, "cannot replace the file", path));
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return sync_folder(parent_folder(path));
}

}  // namespace zg
