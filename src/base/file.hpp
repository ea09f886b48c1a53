// Files and folders, with errors as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg {

/// A file descriptor with one owner; closed by the destructor.
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept : fd_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
    /// Gives up ownership of the descriptor.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    /// Closes the descriptor and owns `fd` instead.
    void reset(int fd = -1);

  private:
    int fd_ = -1;
};

// `where` names the file in errors. All of these continue after a signal and after a short read or
// write.

/// Writes all of `bytes` at the descriptor's position.
Result<void> write_fully(int fd, Bytes bytes, const std::string& where);
/// Writes all of `bytes` at byte `offset`. Several threads may do so at once on one descriptor.
Result<void> write_fully_at(int fd, Bytes bytes, std::uint64_t offset, const std::string& where);
/// Reads from byte `offset` until `into` is full or the file ends; returns the number of bytes
/// read.
Result<std::size_t> read_fully_at(int fd, MutableBytes into, std::uint64_t offset,
                                  const std::string& where);

/// Makes the data written to the file durable. After an error, the file's content on the disk is
/// unknown: write it again.
Result<void> sync_file(int fd, const std::string& where);
/// Makes the names in a folder durable; not an error if the filesystem cannot do that for folders.
Result<void> sync_folder(int fd, const std::string& where);
/// The same for the folder `path`.
Result<void> sync_folder(const std::string& path);

/// Reads the whole file; damage if it has more than `limit` bytes. Also works for files without a
/// size (in /proc).
Result<Buffer> read_file(const std::string& path, std::size_t limit);

/// Writes `bytes` to the file `path` (mode 0600) durably, replacing it; readers, also after a
/// crash, see the old or the new content. A failure removes the temporary file; a crash can leave
/// one,
/// "<path>.<random>.tmp".
Result<void> write_file_atomically(const std::string& path, Bytes bytes);

}  // namespace zg
