// A sound manifest for tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

/// An archive of two segments. `number` makes its id and to-guid its own; from_guid 0: a full one.
inline Manifest sample_manifest(unsigned number = 1, std::uint64_t from_guid = 0) {
    Manifest manifest{.archive_id = {},
                      .host = "fileserver",
                      .dataset = "vat/testfs",
                      .dataset_guid = 77,
                      .dataset_type = "filesystem",
                      .snapshot = "zglacier-20261123T020000Z",
                      .snapshot_time = TimePoint(std::chrono::seconds(1'795'400'000 + number)),
                      .to_guid = 18'000'000'000'000'000'000U + number,
                      .from_guid = from_guid,
                      .send_flags = "-p -L -e -c",
                      .raw = false,
                      .encodings = {},
                      .features = 0x420004,
                      .created = TimePoint(std::chrono::seconds(1'795'400'100 + number)),
                      .program = "zglacier test",
                      .stream_size = 3000,
                      .stored_size = 700,
                      .end_checksum = {1, 2, 3, 0xffffffffffffffffU},
                      .segments = {}};
    manifest.encodings.add(codec::zstd_encoding());
    manifest.archive_id = compact_utc(manifest.created) + "-0123abcd";
    const auto segment = [](const char* name, std::uint64_t stored, std::uint64_t begin,
                            std::uint64_t end) {
        return Segment{.name = name,
                       .stored_size = stored,
                       .stream_begin = begin,
                       .stream_end = end,
                       .first = {begin, 0},
                       .last = {end, 131'072},
                       .fletcher4 = {begin, 0, 5, 6},
                       .part_size = 512,
                       .composite_sha256 = codec::sha256(as_bytes("parts"))};
    };
    manifest.segments = {segment("000001.zfs.zst", 600, 0, 2000),
                         segment("000002.zfs.zst", 100, 2000, 3000)};
    return manifest;
}

}  // namespace zg::catalog
