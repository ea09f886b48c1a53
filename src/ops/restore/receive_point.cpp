#include "ops/restore/receive_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/resume_token.hpp"
#include "stream/resumed_stream.hpp"

namespace zg::ops {

namespace {

std::unexpected<Error> cannot(std::string why) {
    return fail({.kind = ErrorKind::unsupported, .what = std::move(why)});
}

bool same_flags(std::uint64_t features, const stream::ResumeToken& token) {
    using enum stream::Feature;
    return stream::has_feature(features, embed_data) == token.embedded &&
           stream::has_feature(features, large_blocks) == token.large_blocks &&
           stream::has_feature(features, compressed) == token.compressed &&
           stream::has_feature(features, raw) == token.raw;
}

stream::ResumePoint point(const catalog::ObjectPosition& position) {
    return {position.object, position.offset};
}

/// The segment with the place `at`, or one before it. Goes by the ends of segments: a stream joined
/// from two repeats an object at the beginning of a segment.
std::optional<std::size_t> segment_of(const catalog::Manifest& archive,
                                      const stream::ResumePoint& at) {
    const auto before = [&](const catalog::Segment& segment) {
        return std::pair(segment.last.object, segment.last.offset) <
               std::pair(at.object, at.offset);
    };
    const auto found = std::ranges::find_if_not(archive.segments, before);
    if (found == archive.segments.end()) return std::nullopt;
    auto index = static_cast<std::size_t>(found - archive.segments.begin());
    // A spill block, which comes after an object's data, has no offset: the segment that ends with
    // one may hold any of that data.
    while (index > 0 && at.offset > 0 &&
           point(archive.segments[index - 1].last) == stream::ResumePoint{at.object, 0})
        --index;
    return index;
}

/// The place where a segment begins, from the manifest; nothing within the stream's opening.
std::optional<stream::Checkpoint> place_of(const catalog::Manifest& archive,
                                           const catalog::Segment& segment) {
    stream::Checker checker;
    if (segment.stream_begin < archive.opening.size() || !checker.feed(archive.opening))
        return std::nullopt;
    auto place = checker.checkpoint();
    if (!place) return std::nullopt;
    place->position = segment.stream_begin;
    place->running = segment.fletcher4;
    place->object_range = segment.object_range;
    return place;
}

Result<void> try_to_begin(const catalog::Manifest& archive, const stream::ResumePoint& at) {
    if (!archive.opened || archive.opening.empty())
        return cannot("its manifest does not hold the beginning of its stream");
    Buffer begun;
    return stream::ResumedStream(archive.opening, at).begin(begun);
}

}  // namespace

bool can_resume(const catalog::Manifest& archive) {
    return archive.proved() && try_to_begin(archive, {}).has_value();
}

bool is_of(const catalog::Manifest& archive, const stream::ResumeToken& token) {
    return archive.to_guid == token.to_guid && archive.from_guid == token.from_guid;
}

Result<ReceivePoint> find_receive_point(const catalog::Manifest& archive, const std::string& text,
                                        const stream::ResumeToken& token) {
    ReceivePoint found{.token = text, .at = {token.object, token.offset}, .fetch = {}};
    if (auto begun = try_to_begin(archive, found.at); !begun) return cannot(begun.error().what);
    if (!same_flags(archive.features, token))
        return cannot("it was sent with other flags than the part in the target");
    if (found.at == stream::nothing_received) return found;
    const auto index = segment_of(archive, found.at);
    if (!index)
        return cannot(fmt::format("it has no record at object {} offset {}", found.at.object,
                                  found.at.offset));
    found.fetch.place = place_of(archive, archive.segments[*index]);
    if (found.fetch.place) found.fetch.segment = *index;
    return found;
}

}  // namespace zg::ops
