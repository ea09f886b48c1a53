#include "archive/read/segment_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "flow/buffer_pool.hpp"
#include "store/store.hpp"

namespace zg::archive {

namespace {

constexpr std::uint64_t range_of_large_part = std::uint64_t{8} << 20U;
constexpr unsigned fetch_tries = 4;
constexpr unsigned most_lapses = 3;  // of one range

/// A part is read as a whole, so that it can be compared with the store's digest, unless it is too
/// large to be kept in memory.
bool is_read_whole(const catalog::Segment& segment) {
    return segment.part_size <= SegmentReader::largest_range;
}

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

}  // namespace

std::uint64_t SegmentReader::requests_for(const catalog::Segment& segment) {
    const std::uint64_t part = std::max<std::uint64_t>(segment.part_size, 1);
    const std::uint64_t range = is_read_whole(segment) ? part : range_of_large_part;
    const std::uint64_t ranges = segment.stored_size / part * divide_up(part, range) +
                                 divide_up(segment.stored_size % part, range);
    return 1 + std::max<std::uint64_t>(ranges, 1);
}

std::unexpected<Error> damaged(const std::string& where, std::string what) {
    return fail({.kind = ErrorKind::damage,
                 .what = std::move(what),
                 .where = where,
                 .hint = "`zglacier verify` shows what else is damaged; if the store has a copy "
                         "elsewhere, bring this object back from it"});
}

std::unexpected<Error> in_segment(Error error, const std::string& name) {
    if (error.kind == ErrorKind::not_found) return damaged(name, "the segment is missing");
    if (error.kind == ErrorKind::damage && error.where.empty()) return damaged(name, error.what);
    if (error.where.empty()) error.where = name;
    return fail(std::move(error));
}

Result<std::vector<codec::Sha256Digest>> proved_part_digests(store::Store& store,
                                                             const catalog::Segment& segment,
                                                             const std::string& name) {
    ZG_TRY(const std::vector<store::StoredPart> parts, store.parts(name));
    std::vector<codec::Sha256Digest> digests;
    for (const store::StoredPart& part : parts) digests.push_back(part.sha256);
    if (digests.empty() || codec::composite_sha256(digests) != segment.composite_sha256)
        digests.clear();
    return digests;
}

SegmentReader::SegmentReader(const Engine& engine, const catalog::Manifest& archive,
                             std::size_t first, std::size_t count, flow::BufferPool& pool)
    : engine_(engine),
      archive_(archive),
      pool_(pool),
      end_(first + count),
      asking_(first),
      workers_(engine.effort.callers()) {}

Result<void> SegmentReader::begin_range() {
    const catalog::Segment& from = segment(asking_);
    if (asked_ == 0) {
        if (before_segment_) ZG_CHECK(before_segment_(asking_));
        auto digests = proved_part_digests(engine_.archives.store, from, name(asking_));
        if (!digests && digests.error().kind == ErrorKind::not_found)
            return in_segment(std::move(digests.error()), name(asking_));
        // Who may read the object need not be allowed to ask for its attributes: then the composite
        // digest alone must do.
        expected_ = std::move(digests).value_or(std::vector<codec::Sha256Digest>{});
    }
    const std::uint64_t part = asked_ / from.part_size;
    const std::uint64_t part_end = std::min((part + 1) * from.part_size, from.stored_size);
    const bool small_parts = is_read_whole(from);
    const std::uint64_t end =
        small_parts ? part_end : std::min(part_end, asked_ + range_of_large_part);
    Range range{.segment = asking_,
                .offset = asked_,
                .size = end - asked_,
                .whole_part = small_parts,
                .ends_part = end == part_end,
                .ends_segment = end == from.stored_size,
                .expected = std::nullopt};
    if (small_parts && part < expected_.size()) range.expected = expected_[part];
    asked_ = end;
    if (range.ends_segment) {
        ++asking_;
        asked_ = 0;
    }
    under_way_.begin([this, range] { return fetch(range); });
    return {};
}

/// On a worker's thread.
Result<SegmentReader::Fetched> SegmentReader::fetch(const Range& range) {
    Fetched fetched{.range = range, .block = {}, .digest = std::nullopt};
    // One byte more, so that a segment that is longer than it must be is noticed.
    fetched.block = pool_.take(range.size + 1);
    for (unsigned tries = 1;; ++tries) {
        ZG_CHECK(fill(range, fetched.block));
        if (!range.whole_part) return fetched;
        fetched.digest = segment(range.segment).composite_sha256
                             ? codec::sha256(fetched.block.bytes())
                             : codec::tree_hash_only(fetched.block.bytes());
        if (!range.expected || fetched.digest == range.expected) return fetched;
        const std::string place = fmt::format("{} bytes from {} on", range.size, range.offset);
        if (tries == fetch_tries)
            return damaged(
                name(range.segment),
                fmt::format(
                    "{} come back changed, {} times, though the store's own checksum is good",
                    place, tries));
        engine_.world.log.warning(fmt::format("{}: {} were changed on the way; fetching them again",
                                              name(range.segment), place));
    }
}

Result<void> SegmentReader::fill(const Range& range, flow::Block& block) {
    const std::size_t want = range.size + (range.ends_segment ? 1 : 0);
    block.size = 0;
    unsigned lapses = 0;
    while (block.size < want) {
        auto got = engine_.archives.store.read(name(range.segment), range.offset + block.size,
                                               block.room().first(want - block.size));
        // Its copy has lapsed since it was readable.
        const bool lapsed = !got && got.error().kind == ErrorKind::cold && before_segment_ &&
                            ++lapses <= most_lapses;
        if (lapsed) {
            ZG_CHECK(before_segment_(range.segment));
            continue;
        }
        if (!got) return in_segment(std::move(got.error()), name(range.segment));
        if (*got == 0) break;
        block.size += *got;
        // The byte after the end is requested once, not again: if there is none, that costs a
        // request.
        if (block.size >= range.size) break;
    }
    if (block.size == range.size) return {};
    const std::uint64_t expected = segment(range.segment).stored_size;
    if (block.size > range.size)
        return damaged(name(range.segment),
                       fmt::format("the segment is longer than {} bytes", expected));
    return damaged(name(range.segment), fmt::format("the segment has {} bytes, expected {}",
                                                    range.offset + block.size, expected));
}

/// Compares what has come of the segment with the manifest, once it is whole.
Result<void> SegmentReader::check(const Fetched& fetched) {
    if (fetched.digest) {
        digests_.push_back(*fetched.digest);
    } else {
        part_hash_.update(fetched.block.bytes());
        if (fetched.range.ends_part) digests_.push_back(part_hash_.finish());
    }
    if (!fetched.range.ends_segment) return {};
    const catalog::Segment& whole = segment(fetched.range.segment);
    const bool same = whole.composite_sha256
                          ? codec::composite_sha256(digests_) == whole.composite_sha256
                          : codec::join_tree_hashes(digests_) == whole.tree_hash;
    digests_.clear();
    if (same) return {};
    return damaged(name(fetched.range.segment),
                   fmt::format("the stored data is damaged ({} differs from the manifest)",
                               whole.composite_sha256 ? "SHA-256" : "tree hash"));
}

Result<std::optional<Piece>> SegmentReader::next() {
    while (asking_ < end_ && !under_way_.full()) ZG_CHECK(begin_range());
    if (under_way_.empty()) return std::optional<Piece>{};
    ZG_TRY(Fetched fetched, under_way_.take());
    ZG_CHECK(check(fetched));
    engine_.world.progress.advance(fetched.block.size);
    return Piece{.block = std::move(fetched.block),
                 .segment = fetched.range.segment,
                 .last = fetched.range.ends_segment};
}

}  // namespace zg::archive
