// A bounded queue between two threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace zg::flow {

/// Holds at most `capacity` items: push() waits for room, pop() waits for an item. Any number of
/// threads.
template <class Item>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// Waits for room; once the queue was cancelled, drops the item and returns false.
    bool push(Item item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return cancelled_ || items_.size() < capacity_; });
        if (cancelled_) return false;
        items_.push_back(std::move(item));
        filled_.notify_one();
        return true;
    }

    /// Waits for an item; nothing once the queue was closed and is empty, or was cancelled.
    std::optional<Item> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return cancelled_ || closed_ || !items_.empty(); });
        if (cancelled_ || items_.empty()) return std::nullopt;
        std::optional<Item> item(std::move(items_.front()));
        items_.pop_front();
        room_.notify_one();
        return item;
    }

    /// No more items will come.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
    }

    /// Wakes all waiting threads; no items pass any more.
    void cancel() {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        filled_.notify_all();
        room_.notify_all();
    }

    /// Whether push() would wait now.
    [[nodiscard]] bool full() const {
        const std::lock_guard lock(mutex_);
        return items_.size() >= capacity_;
    }

    [[nodiscard]] bool cancelled() const {
        const std::lock_guard lock(mutex_);
        return cancelled_;
    }

  private:
    std::size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable room_;
    std::condition_variable filled_;
    std::deque<Item> items_;
    bool closed_ = false;
    bool cancelled_ = false;
};

}  // namespace zg::flow
