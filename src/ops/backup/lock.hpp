// Only one run at a time for each store and dataset.
#pragma once

#include <string>

#include "base/result.hpp"

namespace zg::ops {

/// A flock(2) on a file, released by the destructor, and by the kernel when the process dies.
class Lock {
  public:
    /// Creates `folder` if it is missing. locked, naming the process, if another run has the lock.
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
