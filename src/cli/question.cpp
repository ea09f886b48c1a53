#include "cli/question.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace zg::cli {

namespace {

/// One line from standard input.
std::string read_answer() {
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) answer += static_cast<char>(c);
    return answer;
}

}  // namespace

Result<bool> ask(const std::string& question, const std::string& act, const std::string& hint) {
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0)
        return fail({.kind = ErrorKind::usage, .what = fmt::format("{}, and there is no terminal to ask on", act), .hint = hint});
    fmt::print(stderr, "{} [y/N] ", question);
    std::fflush(stderr);
    const std::string answer = read_answer();
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace zg::cli
