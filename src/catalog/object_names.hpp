// The names of all objects in a store; no other file spells them (doc/format.md, "Layout and
// names"):
//
//     zglacier.json                                  the store's record
//     manifests/<archive id>.json
//     removed/<archive id>.json                      a tombstone
//     indexes/<archive id>.000001                    a piece of a file index
//     archives/<archive id>/000001.zfs[.zst][.age]   a segment
//
// Beside the record, a manifest or a tombstone there may be a detached signature, NAME.sig.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "codec/encoding.hpp"

namespace zg::catalog {

enum class ObjectKind {
    record,
    manifest,
    tombstone,
    index,
    segment,
    signature,       ///< of the record, a manifest or a tombstone
    early_manifest,  ///< of an archive stored by a build from before format 1
    unknown,
};

/// What an object's name says.
struct ObjectName {
    ObjectKind kind = ObjectKind::unknown;
    /// of every kind except the record; of an unknown object, the archive in whose folder it is, or
    /// empty
    std::string archive_id{};
    bool operator==(const ObjectName&) const = default;
};

ObjectName parse_object_name(std::string_view name);

inline constexpr std::string_view store_record_name = "zglacier.json";
/// The names of all objects except the record begin with one of these; each can be listed alone.
inline constexpr std::string_view manifests_prefix = "manifests/";
inline constexpr std::string_view tombstones_prefix = "removed/";
inline constexpr std::string_view indexes_prefix = "indexes/";
inline constexpr std::string_view segments_prefix = "archives/";
inline constexpr std::array object_prefixes{segments_prefix, indexes_prefix, manifests_prefix,
                                            tombstones_prefix};
/// Matches all segments, in an IAM policy.
inline constexpr std::string_view segments_pattern = "archives/*/*.zfs*";

std::string manifest_name(std::string_view archive_id);
std::string tombstone_name(std::string_view archive_id);
/// What the names of an archive's index pieces, or of its segments, begin with.
std::string indexes_of(std::string_view archive_id);
std::string segments_of(std::string_view archive_id);
/// The segment's object, by its file name.
std::string segment_name(std::string_view archive_id, std::string_view file_name);
/// "000001.zfs.zst": the file name of segment `number`, from 1.
std::string segment_file_name(std::size_t number, std::string_view suffix);
/// ".zfs.zst.age": how a segment's name ends.
std::string segment_suffix(const codec::Encodings& encodings);

}  // namespace zg::catalog
