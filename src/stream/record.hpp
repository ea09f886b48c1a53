// The records of a ZFS send stream: dmu_replay_record_t in OpenZFS's include/sys/zfs_ioctl.h.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stream/features.hpp"

namespace zg::stream {

/// Size of every record's fixed part, in bytes.
inline constexpr std::size_t record_header_size = 312;

/// drr_type.
enum class RecordType : std::uint32_t {
    begin = 0,
    object = 1,
    freeobjects = 2,
    write = 3,
    free = 4,
    end = 5,
    write_byref = 6,
    spill = 7,
    write_embedded = 8,
    object_range = 9,
    redact = 10,
};
inline constexpr std::size_t record_type_count = 11;

/// ZFS's own name of the type without DRR_ ("WRITE_EMBEDDED").
std::string_view record_type_name(RecordType type);

/// One complete record whose checksum has been verified.
struct Record {
    /// counted from 0 over the whole stream, BEGIN and END records included
    std::uint64_t number = 0;
    std::uint64_t position = 0;  ///< byte offset of its header in the stream
    std::uint64_t size = 0;      ///< header and payload, bytes
    RecordType type = RecordType::begin;
    /// object number (first one for freeobjects and object_range); 0 for begin and end
    std::uint64_t object = 0;
    std::uint64_t offset = 0;  ///< byte offset in the object, if the type has one
    /// logical length in bytes (number of objects for freeobjects and object_range)
    std::uint64_t length = 0;
};

/// The content of a BEGIN record.
struct Begin {
    std::uint64_t record_number = 0;
    std::uint64_t position = 0;
    std::endian byte_order = std::endian::little;
    /// DMU_COMPOUNDSTREAM: a package of streams with an nvlist in front (-p, -R, -I)
    bool compound = false;
    std::uint64_t features = 0;       ///< bits of Feature
    std::uint64_t creation_time = 0;  ///< of the snapshot, seconds since 1970
    std::uint32_t objset_type = 0;    ///< dmu_objset_type: 2 filesystem, 3 volume; 0 for compound
    std::uint32_t flags = 0;          ///< DRR_FLAG_*
    std::uint64_t to_guid = 0;
    std::uint64_t from_guid = 0;  ///< 0 for a full stream
    std::string to_name;          ///< "pool/fs@snapshot" as sent

    [[nodiscard]] bool is_clone() const { return (flags & 1U) != 0; }  ///< DRR_FLAG_CLONE
    [[nodiscard]] bool is_raw() const { return has_feature(features, Feature::raw); }
    [[nodiscard]] bool is_compressed() const { return has_feature(features, Feature::compressed); }
    bool operator==(const Begin&) const = default;
};

}  // namespace zg::stream
