#include "archive/write/uploader.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/segment_book.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "codec/sha256.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"
#include "store/store.hpp"

namespace zg::archive {

Uploader::Uploader(const Engine& engine, std::string archive_id, std::uint64_t part_size,
                   std::string suffix, flow::BufferPool& pool)
    : engine_(engine),
      archive_id_(std::move(archive_id)),
      part_size_(part_size),
      suffix_(std::move(suffix)),
      pool_(pool),
      workers_(engine.effort.callers()) {}

Result<void> Uploader::begin_segment() {
    const std::string name = catalog::segment_name(
        archive_id_, catalog::segment_file_name(segments_.size() + 1, suffix_));
    ZG_TRY(upload_,
           engine_.archives.store.begin(name, part_size_, fmt::format("zglacier {}", name)));
    parts_.clear();
    begun_ = 0;
    return {};
}

void Uploader::begin_part(flow::Block block) {
    under_way_.begin(
        [this, upload = *upload_, number = ++begun_, part = std::move(block)]() mutable {
            auto put = engine_.archives.store.put_part(upload, number, part.bytes(),
                                                       codec::sha256(part.bytes()));
            pool_.give_back(std::move(part));
            return put;
        });
}

Result<void> Uploader::collect_part() {
    ZG_TRY(store::Part part, under_way_.take());
    parts_.push_back(std::move(part));
    return {};
}

Result<void> Uploader::complete(SegmentEnd end) {
    catalog::Segment& segment = end.segment;
    while (!under_way_.empty()) ZG_CHECK(collect_part());
    std::vector<codec::Sha256Digest> digests;
    for (const store::Part& part : parts_) digests.push_back(part.sha256);
    segment.composite_sha256 = codec::composite_sha256(digests);
    ZG_TRY(const store::Stat stored, engine_.archives.store.complete(*upload_, parts_));
    const bool same =
        stored.size == segment.stored_size &&
        stored.composite_sha256.value_or(*segment.composite_sha256) == *segment.composite_sha256;
    if (!same)
        return fail({.kind = ErrorKind::damage,
                     .what = fmt::format("the store has {} bytes that are not the {} bytes sent",
                                         stored.size, segment.stored_size),
                     .where = upload_->name});
    segment.tree_hash = stored.tree_hash;
    segments_.push_back(segment);
    upload_.reset();
    return after_segment_ ? after_segment_(end) : Result<void>{};
}

Result<void> Uploader::take(Chunk chunk, const flow::Emit<Chunk>& /*emit*/) {
    if (!upload_) ZG_CHECK(begin_segment());
    begin_part(std::move(chunk.block));
    if (under_way_.full()) ZG_CHECK(collect_part());
    if (chunk.segment_end) return complete(std::move(*chunk.segment_end));
    return {};
}

}  // namespace zg::archive
