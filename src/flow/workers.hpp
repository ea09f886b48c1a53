// A fixed number of threads that run tasks, and a window of tasks whose results come back in order.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "flow/queue.hpp"

namespace zg::flow {

/// How many threads this machine can run at once; 0 where it does not tell. From any thread.
unsigned machine_threads();

/// Runs tasks on `threads` threads, in the order in which they were given; with none, each at once
/// on the caller's thread. The destructor waits for the tasks that have begun and drops the others.
/// One thread gives the tasks.
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

    /// Waits while as many tasks wait already as may.
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

    /// On the caller's thread where it would have to wait.
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

/// Tasks under way whose results are taken in the order in which they were begun. One thread.
template <class Value>
class Window {
  public:
    explicit Window(Workers& workers) : workers_(workers) {}

    void begin(std::move_only_function<Value()> task) {
        under_way_.push_back(workers_.run<Value>(std::move(task)));
    }
    /// On the caller's thread where as many tasks wait for a worker as may.
    void begin_or_help(std::move_only_function<Value()> task) {
        under_way_.push_back(workers_.run_or_help<Value>(std::move(task)));
    }
    [[nodiscard]] bool empty() const { return under_way_.empty(); }
    [[nodiscard]] std::size_t size() const { return under_way_.size(); }
    /// Whether take() would not wait; the window must not be empty.
    [[nodiscard]] bool ready() const {
        return under_way_.front().wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }
    /// One task more than there are threads, so that none of them idles while the oldest result is
    /// taken.
    [[nodiscard]] bool full() const { return under_way_.size() > workers_.threads(); }
    /// Waits for the oldest; the window must not be empty.
    Value take() {
        Value value = under_way_.front().get();
        under_way_.pop_front();
        return value;
    }

  private:
    Workers& workers_;
    std::deque<std::future<Value>> under_way_;
};

/// Calls `act(index)` for every index below `count`, on the workers; the first error, by index,
/// ends it.
Result<void> for_each(Workers& workers, std::size_t count,
                      const std::function<Result<void>(std::size_t)>& act);

}  // namespace zg::flow
