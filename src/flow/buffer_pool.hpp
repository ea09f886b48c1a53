// Reuses buffers: page faults of a new megabyte take more time than copying it.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace zg::flow {

/// Bytes in a buffer that may be larger. The rest of the buffer is not initialised: clearing
/// megabytes takes as long as filling them.
class Block {
  public:
    Block() = default;
    explicit Block(std::size_t capacity)
        : storage_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}
    Block(Block&& other) noexcept { *this = std::move(other); }
    /// A moved-from block is empty and has no buffer.
    Block& operator=(Block&& other) noexcept {
        storage_ = std::move(other.storage_);
        capacity_ = std::exchange(other.capacity_, 0);
        size = std::exchange(other.size, 0);
        return *this;
    }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() = default;

    std::size_t size = 0;  ///< at most capacity()
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] Bytes bytes() const { return {storage_.get(), size}; }
    [[nodiscard]] MutableBytes mutable_bytes() { return {storage_.get(), size}; }
    [[nodiscard]] MutableBytes room() { return {storage_.get() + size, capacity_ - size}; }
    /// Appends a copy of `bytes`, which must fit.
    void append(Bytes bytes) {
        copy_bytes(bytes, room());
        size += bytes.size();
    }
    /// Makes room for `capacity` bytes in all; keeps the existing ones.
    void reserve(std::size_t capacity) {
        if (capacity <= capacity_) return;
        Block larger(capacity);
        larger.append(bytes());
        *this = std::move(larger);
    }

  private:
    std::unique_ptr<std::byte[]> storage_;
    std::size_t capacity_ = 0;
};

/// Provides buffers and takes them back. Any number of threads.
class BufferPool {
  public:
    /// Buffers larger than `largest` bytes are not kept when they are returned.
    explicit BufferPool(std::size_t largest) : largest_(largest) {}

    /// An empty block with room for at least `capacity` bytes.
    Block take(std::size_t capacity) {
        Block block;
        {
            const std::lock_guard lock(mutex_);
            if (!spare_.empty()) {
                block = std::move(spare_.back());
                spare_.pop_back();
            }
        }
        block.size = 0;
        block.reserve(capacity);
        return block;
    }

    void give_back(Block block) {
        const std::lock_guard lock(mutex_);
        if (spare_.size() < most_spare && block.capacity() <= largest_)
            spare_.push_back(std::move(block));
    }

  private:
    static constexpr std::size_t most_spare = 8;
    std::size_t largest_;
    std::mutex mutex_;
    std::vector<Block> spare_;
};

}  // namespace zg::flow
