// The manifest: the small JSON record that describes one archive. Writing it commits the archive.
// Format: doc/format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "codec/fletcher4.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

/// Largest manifest that is read, bytes.
inline constexpr std::size_t max_manifest_size = std::size_t{64} << 20U;

/// A place in the dataset: object number and byte offset in it.
struct ObjectPosition {
    std::uint64_t object = 0;
    std::uint64_t offset = 0;
    bool operator==(const ObjectPosition&) const = default;
};

/// One stored object. Offsets and sizes in bytes.
struct Segment {
    std::string name;  ///< file name below the archive's folder: "000001.zfs.zst"
    std::uint64_t stored_size = 0;
    std::uint64_t stream_begin = 0;  ///< the range of the stream that it holds: [begin, end)
    std::uint64_t stream_end = 0;
    ObjectPosition first;  ///< of the first record in it that has an object
    ObjectPosition last;   ///< of the last one
    /// The running fletcher4 of the stream where the segment begins; all zero for the first.
    codec::Fletcher4 fletcher4{};
    std::uint64_t part_size = 0;  ///< of the parts it was uploaded in, all but the last
    /// Of a raw stream: the header of the newest OBJECT_RANGE record before the segment, without
    /// which its first objects cannot be received. Empty if there is none.
    Buffer object_range{};
    /// SHA-256 over the SHA-256 digests of the parts, in order: what S3 calls the composite
    /// checksum of a multipart upload. Only a segment of an adopted archive can be without, and has
    /// its tree hash instead.
    std::optional<codec::Sha256Digest> composite_sha256{};
    /// of a segment in a Glacier vault, whose inventory has no other checksum
    std::optional<codec::Sha256Digest> tree_hash{};
    bool operator==(const Segment&) const = default;
};

/// Where an archive comes from that another program wrote and zglacier adopted: one send stream in
/// one object.
struct Adoption {
    std::string archive;  ///< Glacier's id of it
    /// False: nothing of the stream has been seen. Then dataset, snapshot, and the place in the
    /// chain are as its description, its date or the user say, guids that are not known are made
    /// up, and features and checksums are zero.
    bool proved = false;
    bool operator==(const Adoption&) const = default;
};

/// What an archive is in its chain.
enum class Level {
    full,       ///< stands alone
    month,      ///< builds on the newest full archive or month, so that chains stay short
    increment,  ///< builds on any archive
};

struct Manifest {
    std::string archive_id;
    std::string host;
    std::string dataset;
    std::uint64_t dataset_guid = 0;
    std::string dataset_type;  ///< "filesystem" or "volume"
    std::string snapshot;      ///< after the '@'
    TimePoint snapshot_time{};
    std::uint64_t to_guid = 0;
    std::uint64_t from_guid = 0;  ///< 0: a full archive
    bool monthly = false;         ///< if it is not full: its level is month
    bool indexed = false;         ///< a file index was made of it
    std::string send_flags;       ///< as given to zfs send: "-p -L -e -c"
    bool raw = false;
    codec::Encodings encodings{};  ///< of the segments
    std::uint64_t features = 0;    ///< the stream's DMU_BACKUP_FEATURE_ bits
    TimePoint created{};           ///< when the archive was committed
    std::string program;           ///< "zglacier 0.1.0"
    std::uint64_t stream_size = 0;
    std::uint64_t stored_size = 0;
    codec::Fletcher4 end_checksum{};  ///< fletcher4 in the stream's END record
    std::vector<Segment> segments;
    std::optional<Adoption> adopted{};
    /// The stream's bytes up to the end of the BEGIN record of its only plain stream, its payload
    /// included; with them a receive that stopped in the middle can be resumed without the first
    /// segment. Empty if it is not kept.
    Buffer opening{};
    /// Of an encrypted archive: whom the segments are encrypted to (recipient_label() of each), or
    /// "passphrase".
    std::vector<std::string> recipients{};
    /// Of an encrypted archive: an age file with the names, checksums of the content and places in
    /// it; see private_json().
    Buffer sealed{};
    /// False while those are not known here: host, dataset, dataset_type and snapshot are then
    /// empty, and checksums and places of the content zero.
    bool opened = true;

    /// "none" or the name of an encoding: "zstd", "age".
    [[nodiscard]] std::string compression() const {
        return std::string(encodings.name_of(codec::EncodingRole::compression));
    }
    [[nodiscard]] std::string encryption() const {
        return std::string(encodings.name_of(codec::EncodingRole::encryption));
    }
    [[nodiscard]] bool encrypted() const {
        return encodings.of(codec::EncodingRole::encryption) != nullptr;
    }
    /// True if the stream's own BEGIN record is known to agree with what the manifest says.
    [[nodiscard]] bool proved() const { return !adopted || adopted->proved; }
    [[nodiscard]] bool full() const { return from_guid == 0; }
    [[nodiscard]] Level level() const {
        if (full()) return Level::full;
        return monthly ? Level::month : Level::increment;
    }
    [[nodiscard]] bool large_blocks() const;  ///< sent with -L
    /// The object name of a segment in the store.
    [[nodiscard]] std::string object_name(const Segment& segment) const;
    bool operator==(const Manifest&) const = default;
};

/// What a manifest calls a recipient ("age1…"): the first 16 hexadecimal digits of its SHA-256.
std::string recipient_label(std::string_view recipient);

/// The manifest as JSON text; of an encrypted archive without what is in `sealed`.
std::string to_json(const Manifest& manifest);
/// Reads a manifest and checks that it agrees with itself (digest, level, segments without gap,
/// sums, names). Errors as parse_record(). That of an encrypted archive is not `opened`.
Result<Manifest> parse_manifest(Bytes text);

/// What a stranger must not see of an encrypted archive, as JSON text: host, dataset, snapshot, and
/// checksums and places of the content.
std::string private_json(const Manifest& manifest);
/// Puts it back; the manifest is then `opened`. damage if it is not that, or of another archive.
Result<void> read_private_json(Manifest& manifest, Bytes text);

}  // namespace zg::catalog
