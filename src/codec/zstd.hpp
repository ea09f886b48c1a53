// Zstandard frames (RFC 8878), by libzstd.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/transform.hpp"

namespace zg::codec {

/// Makes one frame after another, each with a content checksum. Writes in pieces of at most 129
/// KiB.
class ZstdEncoder final : public Transform {
  public:
    /// `level`: 1 to 19.
    explicit ZstdEncoder(int level);
    ~ZstdEncoder() override;
    Result<void> feed(Bytes bytes, Sink& out) override;
    Result<void> finish(Sink& out) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// One frame, with a content checksum, of complete data: takes memory according to its size, while
/// an encoder reserves memory for data of any size (90 MiB at level 19).
Result<Buffer> zstd_frame(Bytes bytes, int level);

/// Memory of an encoder with this level, bytes, as estimated by libzstd.
std::size_t zstd_encoder_memory(int level);

/// Decodes exactly one frame. Its own errors are damage: not a frame, wrong content checksum, bytes
/// after the frame. Writes in pieces of at most 128 KiB.
class ZstdDecoder final : public Transform {
  public:
    ZstdDecoder();
    ~ZstdDecoder() override;
    Result<void> feed(Bytes bytes, Sink& out) override;
    Result<void> finish(Sink& out) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zg::codec
