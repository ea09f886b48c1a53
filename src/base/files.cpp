#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg {

namespace {

/// A file descriptor as Source and Sink; closed at the end unless it is a standard one.
class FdStream final : public Source, public Sink {
  public:
    explicit FdStream(int fd) : fd_(fd) {}
    ~FdStream() override {
        if (fd_ > STDERR_FILENO) ::close(fd_);
    }
    FdStream(const FdStream&) = delete;
    FdStream& operator=(const FdStream&) = delete;

    Result<std::size_t> read(MutableBytes into) override {
        for (;;) {
            const ssize_t got = ::read(fd_, into.data(), into.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) return fail(errno_error(errno, "cannot read the stream", ""));
        }
    }

    Result<void> write(Bytes bytes) override {
        while (!bytes.empty()) {
            const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
            if (put < 0 && errno != EINTR)
                return fail(errno_error(errno, "cannot write the stream to standard output", ""));
            if (put > 0) bytes = bytes.subspan(static_cast<std::size_t>(put));
        }
        return {};
    }

  private:
    int fd_;
};

class StandardOutput final : public WholeOutput {
  public:
    Result<void> write(Bytes bytes) override { return stream_.write(bytes); }
    Result<void> keep() override { return {}; }

  private:
    FdStream stream_{STDOUT_FILENO};
};

class OutputFile final : public WholeOutput {
  public:
    OutputFile(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    ~OutputFile() override {
        if (!kept_) ::unlink(unfinished(path_).c_str());
    }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    static std::string unfinished(const std::string& path) { return path + ".part"; }
    Result<void> write(Bytes bytes) override { return write_fully(fd_.get(), bytes, path_); }
    Result<void> keep() override {
        ZG_CHECK(sync_file(fd_.get(), path_));
        if (::rename(unfinished(path_).c_str(), path_.c_str()) != 0)
            return fail(errno_error(errno, "cannot rename the file", path_));
        kept_ = true;
        const std::size_t slash = path_.rfind('/');
        return sync_folder(slash == std::string::npos ? "." : path_.substr(0, slash + 1));
    }

  private:
    Fd fd_;
    std::string path_;
    bool kept_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> open_input(const std::string& path) {
    if (path.empty() || path == "-") {
        if (::isatty(STDIN_FILENO) != 0)
            return fail({.kind = ErrorKind::usage,
                         .what = "standard input is a terminal",
                         .hint = "give a file, or `< FILE`"});
        return std::make_unique<FdStream>(STDIN_FILENO);
    }
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(errno_error(errno, "cannot open the file", path));
    return std::make_unique<FdStream>(fd);
}

Result<std::unique_ptr<Sink>> open_standard_output() {
    if (::isatty(STDOUT_FILENO) != 0)
        return fail(
            {.kind = ErrorKind::usage,
             .what = "a send stream must not be written to a terminal",
             .hint = "pipe it to a command, such as `| zfs receive pool/fs`, or write `> FILE`"});
    return std::make_unique<FdStream>(STDOUT_FILENO);
}

Result<std::uint64_t> input_size(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0)
        return fail(errno_error(errno, "cannot stat the file", path));
    return static_cast<std::uint64_t>(info.st_size);
}

Result<std::unique_ptr<WholeOutput>> open_output(const std::string& path, bool overwrite) {
    if (path.empty()) {
        ZG_CHECK(open_standard_output());
        return std::make_unique<StandardOutput>();
    }
    if (!overwrite && ::access(path.c_str(), F_OK) == 0)
        return fail({.kind = ErrorKind::conflict,
                     .what = "the file exists already",
                     .where = path,
                     .hint = "give --overwrite, or another name"});
    Fd fd(::open(OutputFile::unfinished(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                 0600));
    if (!fd) return fail(errno_error(errno, "cannot create the file", path));
    return std::make_unique<OutputFile>(std::move(fd), path);
}

}  // namespace zg
