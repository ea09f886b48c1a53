#include "archive/read/segment_decoder.hpp"

namespace zg::archive {

namespace {

/// What was decrypted goes on to be decompressed.
class ZstdSink final : public Sink {
  public:
    ZstdSink(codec::ZstdDecoder& zstd, Sink& out) : zstd_(zstd), out_(out) {}
    Result<void> write(Bytes bytes) override { return zstd_.update(bytes, out_); }

  private:
    codec::ZstdDecoder& zstd_;
    Sink& out_;
};

}  // namespace

SegmentDecoder::SegmentDecoder(const catalog::Manifest& archive, const codec::AgeKeys& keys) {
    if (archive.encrypted()) age_.emplace(keys);
    if (archive.compression == "zstd") zstd_.emplace();
}

Result<void> SegmentDecoder::update(Bytes bytes, Sink& out) {
    if (!age_) return zstd_ ? zstd_->update(bytes, out) : out.write(bytes);
    if (!zstd_) return age_->update(bytes, out);
    ZstdSink decompressed(*zstd_, out);
    return age_->update(bytes, decompressed);
}

Result<void> SegmentDecoder::finish(Sink& out) {
    if (age_ && zstd_) {
        ZstdSink decompressed(*zstd_, out);
        ZG_CHECK(age_->finish(decompressed));
    } else if (age_) {
        ZG_CHECK(age_->finish(out));
    }
    return zstd_ ? zstd_->finish() : Result<void>{};
}

}  // namespace zg::archive
