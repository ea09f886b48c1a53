// Undoes what segment_encoder.hpp does: decrypts and decompresses one segment.
#pragma once

#include <optional>

#include "catalog/manifest.hpp"
#include "codec/age/age.hpp"
#include "codec/zstd.hpp"

namespace zg::archive {

/// For one segment. One thread.
class SegmentDecoder {
  public:
    /// `keys` outlive this.
    SegmentDecoder(const catalog::Manifest& archive, const codec::AgeKeys& keys);

    /// Writes to `out` what `bytes` decode to so far. damage, or refused where no key fits.
    Result<void> update(Bytes bytes, Sink& out);
    /// Writes the rest to `out`; damage unless the segment was whole.
    Result<void> finish(Sink& out);

  private:
    std::optional<codec::AgeDecoder> age_;
    std::optional<codec::ZstdDecoder> zstd_;
};

}  // namespace zg::archive
