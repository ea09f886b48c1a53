#include "archive/write/segment_encoder.hpp"

namespace zg::archive {

SegmentEncoder::SegmentEncoder(const SegmentCoding& coding, Random& random, unsigned threads) {
    if (coding.zstd_level) zstd_.emplace(*coding.zstd_level);
    if (coding.encryption.on()) sealer_.emplace(coding.encryption, random, threads);
}

Result<void> SegmentEncoder::encrypt(Bytes bytes, Sink& out) {
    written_ += bytes.size();
    return sealer_ ? sealer_->write(bytes, out) : out.write(bytes);
}

Result<void> SegmentEncoder::update(Bytes bytes, Sink& out) {
    if (!zstd_) return encrypt(bytes, out);
    compressed_.clear();
    ZG_CHECK(zstd_->update(bytes, compressed_));
    return encrypt(compressed_, out);
}

Result<void> SegmentEncoder::finish(Sink& out) {
    if (zstd_) {
        compressed_.clear();
        ZG_CHECK(zstd_->finish(compressed_));
        ZG_CHECK(encrypt(compressed_, out));
    }
    written_ = 0;
    return sealer_ ? sealer_->finish(out) : Result<void>{};
}

}  // namespace zg::archive
