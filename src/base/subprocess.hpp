// Other programs, started without a shell.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io.hpp"

namespace zg {

/// Where a child's standard input comes from or its standard output goes to. Standard error is
/// always kept apart and bounded.
enum class ChildStream { null, pipe };

/// How a child ended.
struct Exit {
    int code = 0;  ///< exit code, or 128 + signal
    /// the last 16 KiB of what it wrote to standard error, without trailing newlines
    std::string error_text;
};

/// A running child. Where wait() was not called the destructor closes its pipes, gives it five
/// seconds to end, kills it and reaps it. One thread may read out() while another writes in().
class Process final {
  public:
    /// Starts argv[0], looked up by find_program(). not_found where there is no such program.
    static Result<Process> start(const std::vector<std::string>& argv, ChildStream input,
                                 ChildStream output);
    ~Process();
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;

    /// The child's standard output; only with ChildStream::pipe.
    [[nodiscard]] Source& out();
    /// The child's standard input; only with ChildStream::pipe. A child that has closed it gives an
    /// error of kind io.
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

/// What a short command printed.
struct Output {
    int code = 0;
    std::string out;
    std::string error_text;
};

/// Runs a command to its end; at most 64 MiB of output. A non-zero exit is no error here.
Result<Output> run(const std::vector<std::string>& argv);

/// The program's path: as given where it holds a '/', else from PATH, else from the system's sbin
/// folders, which cron's PATH lacks.
std::optional<std::string> find_program(const std::string& name);

}  // namespace zg
