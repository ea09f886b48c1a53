// Everything about the beginning of a send stream that is needed to resume after it, without its
// bytes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "codec/fletcher4.hpp"
#include "stream/record.hpp"

namespace zg::stream {

/// Where `zfs send -t` can resume: object number, and byte offset in it.
struct ResumePoint {
    std::uint64_t object = 0;
    std::uint64_t offset = 0;
    bool operator==(const ResumePoint&) const = default;
};

/// The resume point in the token of a receive that has not received any record
/// (dmu_recv_begin_sync() in OpenZFS's dmu_recv.c).
inline constexpr ResumePoint nothing_received{1, 0};

/// A place between two records of a plain stream, or of the only stream of a package (zfs send -p).
struct Checkpoint {
    std::uint64_t position = 0;  ///< stream offset, bytes
    std::uint64_t records = 0;   ///< number of records before it
    std::endian byte_order = std::endian::little;
    codec::Fletcher4 running{};  ///< over the plain stream's bytes from its BEGIN to this place
    bool in_package = false;
    std::vector<Begin> begins{};  ///< the package's, if there is one, and the stream's
    std::array<std::uint64_t, record_type_count> count_by_type{};
    std::array<std::uint64_t, record_type_count> payload_bytes_by_type{};
    std::optional<std::uint64_t> records_guid{};  ///< the guid in the records, if there was one
    std::uint64_t last_object = 0;                ///< of the last WRITE
    std::uint64_t last_offset = 0;
    /// After a WRITE or WRITE_EMBEDDED of length l at offset o: (object, o + l); after an OBJECT:
    /// (object, 0). After any other record, zfs send cannot resume.
    std::optional<ResumePoint> resume_point{};
    /// Of a raw stream: the header of the newest OBJECT_RANGE record; empty if there is none yet.
    Buffer object_range{};
    bool operator==(const Checkpoint&) const = default;
};

}  // namespace zg::stream
