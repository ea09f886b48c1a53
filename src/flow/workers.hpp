// A fixed number of threads that run tasks, and a window of tasks whose results are taken in order.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "flow/queue.hpp"

namespace zg::flow {

/// How many threads this machine can run at once; 0 if unknown. From any thread.
unsigned machine_threads();

/// Runs tasks on `threads` threads, in the order in which they were given; with 0, each at once on
/// the caller's thread. The destructor waits for running tasks and drops the others. Only one
/// thread gives tasks.
class Workers {
  public:
    explicit Workers(unsigned threads) : Workers(threads, threads) {}
    /// `waiting`: tasks that may wait for a thread.
    Workers(unsigned threads, std::size_t waiting) : tasks_(waiting) {
        for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Workers() { tasks_.cancel(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    [[nodiscard]] std::size_t threads() const { return threads_.size(); }

    /// Waits while the maximum number of tasks is waiting.
    template <class Value>
    std::future<Value> run(std::move_only_function<Value()> task) {
        auto packaged = std::make_shared<std::packaged_task<Value()>>(std::move(task));
        auto future = packaged->get_future();
        if (threads_.empty())
            (*packaged)();
        else
            tasks_.push([packaged] { (*packaged)(); });
        return future;
    }

    /// Runs the task on the caller's thread if run() would wait.
    template <class Value>
    std::future<Value> run_or_help(std::move_only_function<Value()> task) {
        if (!threads_.empty() && !tasks_.full()) return run<Value>(std::move(task));
        std::packaged_task<Value()> packaged(std::move(task));
        packaged();
        return packaged.get_future();
    }

  private:
    void work() {
        while (auto task = tasks_.pop()) (*task)();
    }

    BoundedQueue<std::function<void()>> tasks_;
    std::vector<std::jthread> threads_;
};

/// Running tasks whose results are taken in the order in which they were begun. One thread.
template <class Value>
class Window {
  public:
    explicit Window(Workers& workers) : workers_(workers) {}

    void begin(std::move_only_function<Value()> task) {
        under_way_.push_back(workers_.run<Value>(std::move(task)));
    }
    /// Runs the task on the caller's thread if the maximum number of tasks is waiting for a worker.
    void begin_or_help(std::move_only_function<Value()> task) {
        under_way_.push_back(workers_.run_or_help<Value>(std::move(task)));
    }
    [[nodiscard]] bool empty() const { return under_way_.empty(); }
    [[nodiscard]] std::size_t size() const { return under_way_.size(); }
    /// Whether take() would not wait; the window must not be empty.
    [[nodiscard]] bool ready() const {
        return under_way_.front().wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }
    /// True with one task more than threads, so that no thread is idle while the oldest result is
    /// taken.
    [[nodiscard]] bool full() const { return under_way_.size() > workers_.threads(); }
    /// Waits for the oldest task; the window must not be empty.
    Value take() {
        Value value = under_way_.front().get();
        under_way_.pop_front();
        return value;
    }

  private:
    Workers& workers_;
    std::deque<std::future<Value>> under_way_;
};

/// Calls `act(index)` for every index below `count`, on the workers; stops at the first error, by
/// index.
Result<void> for_each(Workers& workers, std::size_t count,
                      const std::function<Result<void>(std::size_t)>& act);

}  // namespace zg::flow
