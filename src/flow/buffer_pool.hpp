// Buffers that go round instead of being made anew: a fresh megabyte costs more in page faults than in copying.
#pragma once

#include <mutex>
#include <vector>

#include "base/bytes.hpp"

namespace zg::flow {

/// Bytes in a buffer that may be larger than they are.
struct Block {
    Buffer storage;
    std::size_t size = 0;
    [[nodiscard]] Bytes bytes() const { return Bytes(storage).first(size); }
    [[nodiscard]] MutableBytes room() { return MutableBytes(storage).subspan(size); }
};

/// Hands out buffers and takes them back. Any number of threads.
class BufferPool {
  public:
    /// Buffers larger than `largest` bytes are not kept when they are given back.
    explicit BufferPool(std::size_t largest) : largest_(largest) {}

    /// An empty block with room for at least `capacity` bytes.
    Block take(std::size_t capacity) {
        Block block;
        {
            const std::lock_guard lock(mutex_);
            if (!spare_.empty()) {
                block.storage = std::move(spare_.back());
                spare_.pop_back();
            }
        }
        if (block.storage.size() < capacity) block.storage.resize(capacity);
        return block;
    }

    void give_back(Block block) {
        const std::lock_guard lock(mutex_);
        if (spare_.size() < most_spare && block.storage.size() <= largest_) spare_.push_back(std::move(block.storage));
    }

  private:
    static constexpr std::size_t most_spare = 8;
    std::size_t largest_;
    std::mutex mutex_;
    std::vector<Buffer> spare_;
};

}  // namespace zg::flow
