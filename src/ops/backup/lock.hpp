// One run for each store and dataset.
#pragma once

#include <string>

#include "base/result.hpp"

namespace zg::ops {

/// A flock(2) on a file: let go of by the destructor, and by the kernel when the process dies.
class Lock {
  public:
    /// locked, naming the process, where another run has it. `folder` is made where it is missing.
    static Result<Lock> take(const std::string& folder, const std::string& name,
                             const std::string& what);
    ~Lock();
    Lock(Lock&& other) noexcept;
    Lock& operator=(Lock&&) = delete;

  private:
    explicit Lock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace zg::ops
