// What becomes of a segment's bytes before they are stored: compressed, then encrypted, each if it
// is wanted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "archive/encryption.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "codec/encoding.hpp"
#include "codec/transform.hpp"

namespace zg::archive {

/// How the segments of an archive are encoded.
struct SegmentCoding {
    std::optional<codec::Compression> compression{};
    Encryption encryption{};

    [[nodiscard]] codec::Encodings encodings() const;
    /// Nothing is done to the bytes.
    [[nodiscard]] bool plain() const { return encodings().empty(); }
    /// ".zfs.zst.age"
    [[nodiscard]] std::string suffix() const { return catalog::segment_suffix(encodings()); }
    /// For the encoders; refers to this.
    [[nodiscard]] codec::EncoderOptions options() const;
    /// Bytes that an encoder with `threads` takes at most.
    [[nodiscard]] std::uint64_t memory(unsigned threads) const;
};

/// Encodes one segment after another. One thread calls it.
class SegmentEncoder {
  public:
    /// `coding` and `random` outlive this. `threads`: for encryption, beside the caller's.
    SegmentEncoder(const SegmentCoding& coding, Random& random, unsigned threads);

    /// Writes to `out` what encoding `bytes` gives so far.
    Result<void> feed(Bytes bytes, Sink& out);
    /// Writes to `out` the end of the segment.
    Result<void> finish(Sink& out);
    /// Bytes that the open segment has become so far, written or not yet.
    [[nodiscard]] std::uint64_t stored() const { return written_ + encoders_.pending(); }

  private:
    codec::Chain encoders_;
    std::uint64_t written_ = 0;  // bytes of the open segment
};

}  // namespace zg::archive
