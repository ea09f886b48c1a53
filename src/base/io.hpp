// Interfaces for reading and writing streams of bytes.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg {

/// A stream of bytes to read. Used by one thread at a time.
class Source {
  public:
    virtual ~Source() = default;
    /// Reads at least one byte into `into` (which is not empty) and returns how many; 0 at the end,
    /// and again after it.
    virtual Result<std::size_t> read(MutableBytes into) = 0;
};

/// A stream of bytes to write. Used by one thread at a time.
class Sink {
  public:
    virtual ~Sink() = default;
    /// Writes all of `bytes` or fails.
    virtual Result<void> write(Bytes bytes) = 0;
};

/// Reads from `source` until `into` is full or the source ends; returns the number of bytes read.
Result<std::size_t> read_full(Source& source, MutableBytes into);

/// Reads `source` to its end; damage if it has more than `limit` bytes.
Result<Buffer> read_all(Source& source, std::size_t limit);

/// A Source over bytes that outlive it.
class BytesSource final : public Source {
  public:
    explicit BytesSource(Bytes bytes) : rest_(bytes) {}
    Result<std::size_t> read(MutableBytes into) override;

  private:
    Bytes rest_;
};

/// A Sink that keeps the bytes in memory.
class BufferSink final : public Sink {
  public:
    Result<void> write(Bytes bytes) override;
    Buffer buffer;
};

}  // namespace zg
