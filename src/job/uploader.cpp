#include "job/uploader.hpp"

#include <fmt/format.h>

#include "job/segmenter.hpp"

namespace zg::job {

Uploader::Uploader(Context& context, std::string archive_id, std::uint64_t part_size, bool zstd, flow::BufferPool& pool)
    : context_(context), archive_id_(std::move(archive_id)), part_size_(part_size), zstd_(zstd), pool_(pool) {}

Result<void> Uploader::begin_segment() {
    const std::string name =
        fmt::format("archives/{}/{}", archive_id_, segment_name(static_cast<std::uint32_t>(segments_.size() + 1), zstd_));
    ZG_TRY(upload_, context_.store.begin(name, part_size_, fmt::format("zglacier {}", name)));
    parts_.clear();
    return {};
}

Result<void> Uploader::complete(catalog::Segment segment) {
    segment.sha256 = whole_.finish();
    segment.composite_sha256 = composite_.finish();
    ZG_TRY(const store::Stat stored, context_.store.complete(*upload_, parts_, segment.stored_size, segment.sha256));
    if (stored.size != segment.stored_size)
        return fail({.kind = ErrorKind::damage,
                     .what = fmt::format("the store has {} bytes, expected {}", stored.size, segment.stored_size),
                     .where = upload_->name});
    segments_.push_back(std::move(segment));
    upload_.reset();
    return {};
}

Result<void> Uploader::take(Chunk chunk, const flow::Emit<Chunk>& /*emit*/) {
    if (!upload_) ZG_CHECK(begin_segment());
    const Bytes bytes = chunk.block.bytes();
    const codec::Sha256Digest digest = codec::sha256(bytes);
    whole_.update(bytes);
    composite_.update(digest.bytes);
    ZG_TRY(store::Part part,
           context_.store.put_part(*upload_, static_cast<std::uint32_t>(parts_.size() + 1), bytes, digest));
    parts_.push_back(std::move(part));
    pool_.give_back(std::move(chunk.block));
    if (chunk.segment_end) return complete(std::move(*chunk.segment_end));
    return {};
}

}  // namespace zg::job
