#include "archive/write/sealer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::archive {

namespace {

constexpr std::size_t tag_size = codec::ChaCha20Poly1305::tag_size;

/// Seals, each in its place, the chunks of a batch, each of which has room after it for its tag.
/// The first of them has the number `first`.
Result<void> seal_batch(const codec::AgeChunks& chunks, std::uint64_t first, bool last,
                        MutableBytes batch) {
    while (!batch.empty()) {
        const MutableBytes chunk =
            batch.first(std::min(batch.size(), codec::age_sealed_chunk_size));
        batch = batch.subspan(chunk.size());
        ZG_CHECK(chunks.seal(first++, last && batch.empty(), chunk.first(chunk.size() - tag_size),
                             chunk));
    }
    return {};
}

}  // namespace

Sealer::Sealer(BeginFile begin_file, unsigned threads)
    : begin_file_(std::move(begin_file)),
      most_under_way_(most_batches(threads) - 1),
      workers_(threads, std::size_t{2} * threads) {}

Result<void> Sealer::begin(Sink& out) {
    ZG_TRY(codec::AgeFile file, begin_file_());
    chunks_ = std::make_shared<const codec::AgeChunks>(std::move(file.chunks));
    next_chunk_ = 0;
    beginning_ = file.bytes.size();
    plaintext_ = 0;
    written_ = beginning_;
    batch_ = blocks_.take(batch_size);
    return out.write(file.bytes);
}

void Sealer::seal(bool last) {
    const std::uint64_t first = next_chunk_;
    // The last chunk of a file may be a short one, and is empty if the file is.
    if (batch_.size == 0 || batch_.size % codec::age_sealed_chunk_size != 0)
        batch_.size += tag_size;
    next_chunk_ += (batch_.size + codec::age_sealed_chunk_size - 1) / codec::age_sealed_chunk_size;
    under_way_.begin_or_help([chunks = chunks_, first, last,
                              batch = std::move(batch_)]() mutable -> Result<flow::Block> {
        ZG_CHECK(seal_batch(*chunks, first, last, batch.mutable_bytes()));
        return std::move(batch);
    });
}

Result<void> Sealer::collect(std::size_t most, Sink& out) {
    while (under_way_.size() > most || (!under_way_.empty() && under_way_.ready())) {
        ZG_TRY(flow::Block sealed, under_way_.take());
        ZG_CHECK(out.write(sealed.bytes()));
        written_ += sealed.size;
        blocks_.give_back(std::move(sealed));
    }
    return {};
}

Result<void> Sealer::feed(Bytes bytes, Sink& out) {
    if (!chunks_) ZG_CHECK(begin(out));
    plaintext_ += bytes.size();
    while (!bytes.empty()) {
        if (batch_.size == batch_size) {
            seal(false);
            ZG_CHECK(collect(most_under_way_, out));
            batch_ = blocks_.take(batch_size);
        }
        const std::size_t room = codec::age_chunk_size - batch_.size % codec::age_sealed_chunk_size;
        const std::size_t count = std::min(bytes.size(), room);
        batch_.append(bytes.first(count));
        bytes = bytes.subspan(count);
        if (count == room) batch_.size += tag_size;
    }
    return {};
}

Result<void> Sealer::finish(Sink& out) {
    if (!chunks_) ZG_CHECK(begin(out));
    seal(true);
    ZG_CHECK(collect(0, out));
    chunks_.reset();
    return {};
}

}  // namespace zg::archive
