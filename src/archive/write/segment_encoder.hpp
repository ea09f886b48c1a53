// What becomes of a segment's bytes before they are stored: compressed, then encrypted, each if it
// is wanted.
#pragma once

#include <optional>

#include "archive/write/sealer.hpp"
#include "codec/zstd.hpp"

namespace zg::archive {

/// How the segments of an archive are stored.
struct SegmentCoding {
    std::optional<int> zstd_level{};  ///< nothing: not compressed
    Encryption encryption{};

    /// Nothing is done to the bytes.
    [[nodiscard]] bool plain() const { return !zstd_level && !encryption.on(); }
    [[nodiscard]] std::string compression() const { return zstd_level ? "zstd" : "none"; }
    /// ".zfs.zst.age"
    [[nodiscard]] std::string suffix() const {
        return catalog::segment_suffix(compression(), encryption.name());
    }
};

/// Encodes one segment after another. One thread calls it.
class SegmentEncoder {
  public:
    /// `coding` and `random` outlive this. `threads`: for encryption, beside the caller's.
    SegmentEncoder(const SegmentCoding& coding, Random& random, unsigned threads);

    /// Writes to `out` what encoding `bytes` gives so far.
    Result<void> update(Bytes bytes, Sink& out);
    /// Writes to `out` the end of the segment.
    Result<void> finish(Sink& out);
    /// Bytes that the open segment has become so far, written or not yet.
    [[nodiscard]] std::uint64_t stored() const { return sealer_ ? sealer_->stored() : written_; }

  private:
    Result<void> encrypt(Bytes bytes, Sink& out);

    std::optional<codec::ZstdEncoder> zstd_;
    std::optional<Sealer> sealer_;
    Buffer compressed_;
    std::uint64_t written_ = 0;  // without encryption: bytes of the open segment
};

}  // namespace zg::archive
