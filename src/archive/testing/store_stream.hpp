// Archives for tests, stored the way a backup stores them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "archive/encryption.hpp"
#include "archive/engine.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/put_stream.hpp"
#include "archive/write/segment_encoder.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "stream/record.hpp"

namespace zg::archive {

/// Stores `stream` as the archive `id` of vat/testfs@s<to_guid>, in segments of 64 KiB. The
/// manifest is given and not stored.
inline Result<catalog::Manifest> store_stream(const Engine& engine, const std::string& id,
                                              Bytes stream, const SegmentCoding& coding = {},
                                              std::uint64_t part_size = 65536) {
    BytesSource source(stream);
    CheckedInput input(source);
    catalog::Manifest manifest;
    ZG_TRY(manifest.segments,
           put_stream(
               engine, id, input,
               {.plan = {.segment_size = 64 * 1024, .part_size = part_size}, .coding = coding}));
    const stream::Begin& begin = *input.checker().summary().first_stream();
    manifest.archive_id = id;
    manifest.host = "host";
    manifest.dataset = "vat/testfs";
    manifest.snapshot = "s" + std::to_string(begin.to_guid);
    manifest.snapshot_time = TimePoint(std::chrono::seconds(begin.to_guid));
    manifest.to_guid = begin.to_guid;
    manifest.from_guid = begin.from_guid;
    manifest.features = begin.features;
    manifest.encodings = coding.encodings();
    manifest.recipients = coding.encryption.labels();
    manifest.opening = input.opening();
    manifest.stream_size = stream.size();
    for (const catalog::Segment& segment : manifest.segments)
        manifest.stored_size += segment.stored_size;
    if (coding.encryption.on())
        ZG_CHECK(seal_names(manifest, coding.encryption, engine.world.random));
    return manifest;
}

}  // namespace zg::archive
