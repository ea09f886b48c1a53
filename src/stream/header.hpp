// Reads and checks a single record's header: dmu_replay_record_t in OpenZFS's
// include/sys/zfs_ioctl.h.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/record.hpp"

namespace zg::stream {

/// Offset of the record's own checksum, drr_checksum, in its header.
inline constexpr std::size_t checksum_offset = 280;
/// Offset of the stream's checksum in an END header, and of the guid after it.
inline constexpr std::size_t end_checksum_offset = 8;
inline constexpr std::size_t end_guid_offset = 40;
/// Largest payload of a BEGIN record (an nvlist), bytes.
inline constexpr std::uint64_t max_begin_payload = std::uint64_t{64} << 20U;
/// SPA_MAXBLOCKSIZE: largest block, bytes.
inline constexpr std::uint64_t max_block_size = std::uint64_t{16} << 20U;
/// DNODES_PER_BLOCK: the number of objects in one OBJECT_RANGE.
inline constexpr std::uint64_t objects_per_range = 32;

/// The content of a header, except the fields that only BEGIN and END have.
struct Header {
    RecordType type = RecordType::begin;
    /// bytes that follow the header; a multiple of 8 except for BEGIN
    std::uint64_t payload_size = 0;
    std::uint64_t object = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t to_guid = 0;
};

/// Why a header is refused: "expected …, found …". Kind damage, or unsupported for a code from a
/// later version.
struct HeaderError {
    ErrorKind kind = ErrorKind::damage;
    std::string what;
};

/// The byte order of a BEGIN header, by its magic number; nothing if neither order fits.
std::optional<std::endian> begin_byte_order(Bytes header);
/// The value of drr_type.
std::uint32_t raw_type(Bytes header, std::endian order);
/// Reads any header but a BEGIN, of a stream that is raw (zfs send -w) or not. Checks only the
/// sizes and codes that every OpenZFS from 2.1 on checks when it receives, so that later streams
/// pass.
std::expected<Header, HeaderError> read_header(Bytes header, std::endian order, bool raw);
/// Reads a BEGIN header, whose magic number has been checked. Returns its payload's size in
/// `payload_size`.
std::expected<Begin, HeaderError> read_begin(Bytes header, std::endian order,
                                             std::uint64_t& payload_size);
/// Four words at `offset`.
codec::Fletcher4 read_checksum(Bytes header, std::size_t offset, std::endian order);

}  // namespace zg::stream
