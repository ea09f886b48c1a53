// Zstandard frames (RFC 8878), by libzstd.
#pragma once

#include <memory>

#include "base/io.hpp"

namespace zg::codec {

/// Makes one frame, with a content checksum, from bytes given in pieces; then the next one. One
/// thread at a time.
class ZstdEncoder {
  public:
    /// `level`: 1 to 19.
    explicit ZstdEncoder(int level);
    ~ZstdEncoder();
    /// Appends to `out` what compressing `bytes` gives so far.
    Result<void> update(Bytes bytes, Buffer& out);
    /// Appends to `out` the end of the frame; a frame is made even where nothing was given.
    Result<void> finish(Buffer& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// One frame, with a content checksum, of `bytes` that are all there: takes memory after their
/// size, where an encoder makes room for all that may follow (90 MiB at level 19).
Result<Buffer> zstd_frame(Bytes bytes, int level);

/// Bytes of memory that an encoder of this level takes, as libzstd estimates it.
std::size_t zstd_encoder_memory(int level);

/// Undoes exactly one frame. One thread at a time. Every error has kind damage: not a frame, wrong
/// content checksum, bytes behind the frame.
class ZstdDecoder {
  public:
    ZstdDecoder();
    ~ZstdDecoder();
    /// Writes to `out`, in pieces of at most 128 KiB, what `bytes` decode to so far.
    Result<void> update(Bytes bytes, Sink& out);
    /// To be called at the end: fails unless the frame was whole.
    Result<void> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zg::codec
