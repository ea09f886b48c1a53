#include "job/inspect.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace zg::job {

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
            if (put < 0 && errno != EINTR) return fail(errno_error(errno, "cannot write the stream to standard output", ""));
            if (put > 0) bytes = bytes.subspan(static_cast<std::size_t>(put));
        }
        return {};
    }

  private:
    int fd_;
};

}  // namespace

Result<InspectReport> inspect_stream(Source& source, const stream::RecordVisitor& visitor) {
    stream::Checker checker(visitor);
    Buffer block(std::size_t{256} << 10U);
    for (;;) {
        ZG_TRY(const std::size_t got, source.read(block));
        auto checked = got == 0 ? checker.finish() : checker.feed(Bytes(block).first(got));
        if (!checked) return InspectReport{checker.summary(), std::move(checked.error())};
        if (got == 0) return InspectReport{checker.summary(), std::nullopt};
    }
}

Result<std::unique_ptr<Source>> open_input(const std::string& path) {
    if (path.empty() || path == "-") {
        if (::isatty(STDIN_FILENO) != 0)
            return fail({.kind = ErrorKind::usage, .what = "standard input is a terminal", .hint = "give a file, or `< FILE`"});
        return std::make_unique<FdStream>(STDIN_FILENO);
    }
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(errno_error(errno, "cannot open the file", path));
    return std::make_unique<FdStream>(fd);
}

Result<std::unique_ptr<Sink>> open_standard_output() {
    if (::isatty(STDOUT_FILENO) != 0)
        return fail({.kind = ErrorKind::usage,
                     .what = "a send stream does not belong on a terminal",
                     .hint = "pipe it on, as in `| zfs receive pool/fs`, or write `> FILE`"});
    return std::make_unique<FdStream>(STDOUT_FILENO);
}

}  // namespace zg::job
