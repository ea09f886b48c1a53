#include "archive/write/segment_encoder.hpp"

#include <cstdint>
#include <memory>

#include "archive/encryption.hpp"
#include "archive/write/sealer.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"

namespace zg::archive {

namespace {

/// Counts what passes.
class CountingSink final : public Sink {
  public:
    CountingSink(Sink& out, std::uint64_t& count) : out_(out), count_(count) {}
    Result<void> write(Bytes bytes) override {
        count_ += bytes.size();
        return out_.write(bytes);
    }

  private:
    Sink& out_;
    std::uint64_t& count_;
};

}  // namespace

codec::Encodings SegmentCoding::encodings() const {
    codec::Encodings encodings;
    if (compression) encodings.add(*compression->encoding);
    if (encryption.on()) encodings.add(Encryption::encoding());
    return encodings;
}

codec::EncoderOptions SegmentCoding::options() const {
    return {.level = compression ? compression->level : 0, .recipients = encryption.recipients()};
}

std::uint64_t SegmentCoding::memory(unsigned threads) const {
    std::uint64_t sum = 0;
    for (const codec::Encoding* encoding : encodings())
        sum += encoding->memory(options()) +
               (encoding->begin_file != nullptr ? Sealer::memory(threads) : 0);
    return sum;
}

SegmentEncoder::SegmentEncoder(const SegmentCoding& coding, Random& random, unsigned threads) {
    const codec::EncoderOptions options = coding.options();
    for (const codec::Encoding* encoding : coding.encodings()) {
        if (encoding->begin_file == nullptr) {
            encoders_.add(encoding->encoder(options));
            continue;
        }
        const auto begin_file = [encoding, options, &random] {
            return encoding->begin_file(options, random);
        };
        encoders_.add(std::make_unique<Sealer>(begin_file, threads));
    }
}

Result<void> SegmentEncoder::feed(Bytes bytes, Sink& out) {
    CountingSink counted(out, written_);
    return encoders_.feed(bytes, counted);
}

Result<void> SegmentEncoder::finish(Sink& out) {
    written_ = 0;
    return encoders_.finish(out);
}

}  // namespace zg::archive
