#include "cli/output/question.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::cli {

namespace {

/// One line from standard input.
std::string read_answer() {
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
        answer += static_cast<char>(c);
    return answer;
}

/// Turns off the echo of the terminal.
class NoEcho {
  public:
    explicit NoEcho(int fd) : fd_(fd) {
        changed_ = ::tcgetattr(fd_, &before_) == 0;
        if (!changed_) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(fd_, TCSAFLUSH, &silent);
    }
    ~NoEcho() {
        if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

  private:
    int fd_;
    bool changed_ = false;
    termios before_{};
};

}  // namespace

Result<Secret> ask_passphrase(const std::string& what, const std::string& hint) {
    const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (!terminal)
        return fail(
            {.kind = ErrorKind::usage,
             .what = fmt::format(
                 "{} is protected by a passphrase, and there is no terminal to ask for it", what),
             .hint = hint});
    ZG_CHECK(
        write_fully(terminal.get(), as_bytes(fmt::format("passphrase of {}: ", what)), "/dev/tty"));
    const NoEcho silent(terminal.get());
    std::string typed;
    for (char c = 0; ::read(terminal.get(), &c, 1) == 1 && c != '\n';) typed += c;
    ZG_CHECK(write_fully(terminal.get(), as_bytes("\n"), "/dev/tty"));
    return Secret(std::move(typed));
}

Result<bool> ask(const std::string& question, const std::string& act, const std::string& hint) {
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0)
        return fail(
            {.kind = ErrorKind::usage,
             .what = fmt::format("{}, and there is no terminal to ask for confirmation", act),
             .hint = hint});
    fmt::print(stderr, "{} [y/N] ", question);
    std::fflush(stderr);
    const std::string answer = read_answer();
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace zg::cli
