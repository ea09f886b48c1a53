// Starts other programs, without a shell.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg {

/// The source of a child's standard input, or the target of its standard output. Standard error is
/// always separate and limited.
enum class ChildStream { null, pipe };

/// How a child ended.
struct Exit {
    int code = 0;  ///< exit code, or 128 + signal
    /// the last 16 KiB of its standard error, without trailing newlines
    std::string error_text;
};

/// A running child. Unless wait() was called, the destructor closes its pipes, waits five seconds
/// for its end, kills it and reaps it. One thread may read out() while another writes in().
class Process final {
  public:
    /// Starts argv[0], found by find_program(), with the variables of `environment`. not_found if
    /// there is no such program.
    static Result<Process> start(const Environment& environment,
                                 const std::vector<std::string>& argv, ChildStream input,
                                 ChildStream output);
    ~Process();
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;

    /// The child's standard output; only with ChildStream::pipe.
    [[nodiscard]] Source& out();
    /// The child's standard input; only with ChildStream::pipe. Writing fails with io if the child
    /// has closed it.
    [[nodiscard]] Sink& in();
    /// Ends the child's standard input.
    void close_in();
    /// Closes what is open and waits for the child to end.
    Result<Exit> wait();

  private:
    struct State;
    explicit Process(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The result and output of a short command.
struct Output {
    int code = 0;
    std::string out;
    std::string error_text;
};

/// Runs a command to its end; at most 64 MiB of output. A non-zero exit code is not an error here.
Result<Output> run(const Environment& environment, const std::vector<std::string>& argv);

/// The program's path: as given if it contains a '/', else from PATH, else from the system's sbin
/// folders, which cron's PATH lacks.
std::optional<std::string> find_program(const Environment& environment, const std::string& name);

}  // namespace zg
