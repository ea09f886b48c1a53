// All that must be known of a send stream's beginning to go on behind it, without its bytes.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "codec/fletcher4.hpp"
#include "stream/record.hpp"

namespace zg::stream {

/// Where `zfs send -t` can go on: object number, and byte offset in it.
struct ResumePoint {
    std::uint64_t object = 0;
    std::uint64_t offset = 0;
    bool operator==(const ResumePoint&) const = default;
};

/// What the token of a receive says that has taken no record yet: to go on at the first
/// (dmu_recv_begin_sync() in OpenZFS's dmu_recv.c).
inline constexpr ResumePoint nothing_received{1, 0};

/// A place between two records of a plain stream, or of the only stream of a package (zfs send -p).
struct Checkpoint {
    std::uint64_t position = 0;  ///< stream offset, bytes
    std::uint64_t records = 0;   ///< before it
    std::endian byte_order = std::endian::little;
    codec::Fletcher4 running{};  ///< over the plain stream's bytes from its BEGIN to here
    bool in_package = false;
    std::vector<Begin> begins{};  ///< the package's, where there is one, and the stream's
    std::array<std::uint64_t, record_type_count> count_by_type{};
    std::array<std::uint64_t, record_type_count> payload_bytes_by_type{};
    std::optional<std::uint64_t> records_guid{};  ///< that the records name, once one has
    std::uint64_t last_object = 0;                ///< of the last WRITE
    std::uint64_t last_offset = 0;
    /// Behind a WRITE or WRITE_EMBEDDED of length l at offset o: (object, o + l); behind an OBJECT:
    /// (object, 0). Behind any other record zfs send cannot go on.
    std::optional<ResumePoint> resume_point{};
    /// Of a raw stream: the header of the newest OBJECT_RANGE record; empty where there is none
    /// yet.
    Buffer object_range{};
    bool operator==(const Checkpoint&) const = default;
};

}  // namespace zg::stream
