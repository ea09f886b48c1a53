#include "base/subprocess.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg {

namespace {

constexpr int grace_polls = 500;
constexpr useconds_t grace_poll_us = 10'000;

/// One end of a pipe as Source and Sink.
class PipeEnd final : public Source, public Sink {
  public:
    PipeEnd() = default;
    ~PipeEnd() override { close(); }
    PipeEnd(const PipeEnd&) = delete;
    PipeEnd& operator=(const PipeEnd&) = delete;

    void open(int fd) { fd_ = fd; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

    Result<std::size_t> read(MutableBytes into) override {
        for (;;) {
            const ssize_t got = ::read(fd_, into.data(), into.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) return fail(errno_error(errno, "cannot read from a command", ""));
        }
    }

    Result<void> write(Bytes bytes) override {
        while (!bytes.empty()) {
            const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return fail(errno_error(errno, "cannot write to a command", ""));
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        }
        return {};
    }

  private:
    int fd_ = -1;
};

struct PipeFds {
    Fd read_end;
    Fd write_end;
    bool open() {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) != 0) return false;
        read_end.reset(fds[0]);
        write_end.reset(fds[1]);
        // A pipe of 1 MiB halves the number of wake-ups of a fast zfs send; if it is refused, only
        // speed is lost.
        ::fcntl(fds[1], F_SETPIPE_SZ, 1 << 20);
        return true;
    }
};

/// The arguments of posix_spawn, freed at the end.
class SpawnPlan {
  public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        // The parent ignores SIGPIPE; a child must be killed by it, or zfs send would spin after
        // its reader is gone.
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void connect(int target, const Fd& source, int null_mode) {
        if (source)
            posix_spawn_file_actions_adddup2(&actions, source.get(), target);
        else
            posix_spawn_file_actions_addopen(&actions, target, "/dev/null", null_mode, 0);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

/// The form that exec expects: pointers to the texts, then a null pointer. Valid as long as
/// `texts`.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

std::string tail_of(int fd) {
    constexpr off_t most = off_t{16} * 1024;
    const off_t size = ::lseek(fd, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - most);
    std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - from)), '\0');
    const ssize_t got = ::pread(fd, text.data(), text.size(), from);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

struct Process::State {
    pid_t pid = -1;
    PipeEnd in;
    PipeEnd out;
    Fd errors;  // a memory file: it needs no reader, so a child that writes much never blocks

    /// A child whose pipes are closed ends properly on its own. If `zfs send` is killed instead,
    /// zfs-fuse keeps its snapshot busy for ever, so killing is the last resort.
    void end() {
        in.close();
        out.close();
        for (int waited = 0; pid >= 0 && waited < grace_polls; ++waited) {
            if (::waitpid(pid, nullptr, WNOHANG) == pid)
                pid = -1;
            else
                ::usleep(grace_poll_us);
        }
        if (pid < 0) return;
        ::kill(pid, SIGKILL);
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid = -1;
    }
    ~State() { end(); }
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}
Process::~Process() = default;
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;

Result<Process> Process::start(const Environment& environment, const std::vector<std::string>& argv,
                               ChildStream input, ChildStream output) {
    const auto program = find_program(environment, argv.front());
    if (!program)
        return fail({.kind = ErrorKind::not_found,
                     .what = "there is no such program on this machine",
                     .where = argv.front(),
                     .hint = "install it, or add its folder to PATH"});
    auto state = std::make_unique<State>();
    PipeFds in_pipe;
    PipeFds out_pipe;
    state->errors.reset(::memfd_create("stderr", MFD_CLOEXEC));
    if (!state->errors || (input == ChildStream::pipe && !in_pipe.open()) ||
        (output == ChildStream::pipe && !out_pipe.open()))
        return fail(errno_error(errno, "cannot create a pipe", argv.front()));

    SpawnPlan plan;
    plan.connect(0, in_pipe.read_end, O_RDONLY);
    plan.connect(1, out_pipe.write_end, O_WRONLY);
    plan.connect(2, state->errors, O_WRONLY);
    const std::vector<std::string> entries = environment.entries();
    const int failed = ::posix_spawn(&state->pid, program->c_str(), &plan.actions, &plan.attributes,
                                     pointers_to(argv).data(), pointers_to(entries).data());
    if (failed != 0) {
        state->pid = -1;
        return fail(errno_error(failed, "cannot start the program", *program));
    }
    state->in.open(in_pipe.write_end.release());
    state->out.open(out_pipe.read_end.release());
    return Process(std::move(state));
}

Source& Process::out() { return state_->out; }
Sink& Process::in() { return state_->in; }
void Process::close_in() { state_->in.close(); }
Result<Exit> Process::wait() {
    state_->in.close();
    state_->out.close();
    int status = 0;
    while (::waitpid(state_->pid, &status, 0) < 0) {
        if (errno != EINTR) return fail(errno_error(errno, "cannot wait for a command", ""));
    }
    state_->pid = -1;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return Exit{code, tail_of(state_->errors.get())};
}

Result<Output> run(const Environment& environment, const std::vector<std::string>& argv) {
    ZG_TRY(Process process,
           Process::start(environment, argv, ChildStream::null, ChildStream::pipe));
    ZG_TRY(const Buffer out, read_all(process.out(), std::size_t{64} << 20U));
    ZG_TRY(Exit exit, process.wait());
    return Output{exit.code, std::string(as_text(out)), std::move(exit.error_text)};
}

std::optional<std::string> find_program(const Environment& environment, const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    const std::string folders =
        environment.get("PATH").value_or("/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin";
    for (std::size_t begin = 0; begin <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', begin), folders.size());
        std::string candidate = folders.substr(begin, end - begin) + '/' + name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        begin = end + 1;
    }
    return std::nullopt;
}

}  // namespace zg
