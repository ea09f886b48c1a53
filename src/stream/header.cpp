#include "stream/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/record.hpp"

namespace zg::stream {

namespace {

constexpr std::uint64_t magic = 0x2f5bacbacULL;   // DMU_BACKUP_MAGIC
constexpr std::uint64_t min_block_size = 512;     // SPA_MINBLOCKSIZE
constexpr std::uint64_t max_bonus = 16384 - 192;  // DN_BONUS_SIZE(DNODE_MAX_SIZE)
constexpr unsigned max_dnode_slots = 32;          // DNODE_MAX_SLOTS
constexpr std::uint64_t max_embedded = 112;       // BPE_PAYLOAD_SIZE
constexpr unsigned compression_types = 17;        // ZIO_COMPRESS_FUNCTIONS
constexpr unsigned checksum_types = 15;           // ZIO_CHECKSUM_FUNCTIONS
constexpr unsigned embedded_types = 3;            // NUM_BP_EMBEDDED_TYPES
constexpr std::uint64_t substream = 1;            // DMU_SUBSTREAM
constexpr std::uint64_t compoundstream = 2;       // DMU_COMPOUNDSTREAM
constexpr std::uint64_t to_the_end = ~std::uint64_t{0};
constexpr std::size_t name_offset = 56;

/// Reads the fields of one header, and keeps the first error.
class Fields {
  public:
    Fields(Bytes header, std::endian order, bool raw) : raw_(raw), header_(header), order_(order) {}
    [[nodiscard]] std::uint64_t u64(std::size_t at) const {
        return load_int<std::uint64_t>(header_, at, order_);
    }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const {
        return load_int<std::uint32_t>(header_, at, order_);
    }
    [[nodiscard]] unsigned u8(std::size_t at) const {
        return std::to_integer<unsigned>(header_[at]);
    }
    [[nodiscard]] bool raw() const { return raw_; }

    void check_range(std::string_view what, std::uint64_t value, std::uint64_t least,
                     std::uint64_t most) {
        if (value < least || value > most)
            refuse(ErrorKind::damage, "expected {} from {} to {}, found {}", what, least, most,
                   value);
    }
    void check_multiple(std::string_view what, std::uint64_t value, std::uint64_t of) {
        if (value % of != 0)
            refuse(ErrorKind::damage, "expected {} that is a multiple of {}, found {}", what, of,
                   value);
    }
    void check_sum(std::string_view what, std::uint64_t start, std::uint64_t length) {
        if (start + length < start)
            refuse(ErrorKind::damage, "expected {} below 2^64, found {} and {} more", what, start,
                   length);
    }
    /// A code from a list that later versions extend: their streams are not damaged.
    void check_code(std::string_view what, unsigned value, unsigned known) {
        if (value >= known)
            refuse(ErrorKind::unsupported, "unknown {} {}: this version supports those below {}",
                   what, value, known);
    }
    void check(bool good, std::string_view expected) {
        if (!good) refuse(ErrorKind::damage, "expected {}", expected);
    }
    std::optional<HeaderError> error;

  private:
    template <class... Args>
    void refuse(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
        if (!error) error = HeaderError{kind, fmt::format(text, std::forward<Args>(args)...)};
    }
    bool raw_;
    Bytes header_;
    std::endian order_;
};

std::uint64_t round_up_8(std::uint64_t value) { return (value + 7) / 8 * 8; }

Header object_fields(Fields& fields) {
    const std::uint64_t block_size = fields.u32(24);
    const std::uint64_t bonus = fields.u32(28);
    const std::uint64_t raw_bonus = fields.u32(36);
    fields.check_range("an object number", fields.u64(8), 1, to_the_end);
    fields.check(fields.u32(16) != 0, "an object type, found none");
    fields.check_range("an object's block size", block_size, min_block_size, max_block_size);
    fields.check_multiple("an object's block size", block_size, min_block_size);
    fields.check_range("a bonus length", bonus, 0, max_bonus);
    fields.check_code("checksum type", fields.u8(32), checksum_types);
    fields.check_code("compression type", fields.u8(33), compression_types);
    fields.check_range("a number of dnode slots", fields.u8(34), 0, max_dnode_slots);
    if (fields.raw())
        fields.check_range("a raw bonus length", raw_bonus, bonus, max_bonus);
    else
        fields.check(raw_bonus == 0, "no raw bonus in a stream that is not raw");
    return {.payload_size = raw_bonus != 0 ? raw_bonus : round_up_8(bonus),
            .object = fields.u64(8),
            .to_guid = fields.u64(40)};
}

Header write_fields(Fields& fields) {
    const std::uint64_t logical = fields.u64(32);
    const std::uint64_t stored = fields.u64(96);
    const unsigned compression = fields.u8(50);
    fields.check_range("an object number", fields.u64(8), 1, to_the_end);
    fields.check_sum("the end of the block", fields.u64(24), logical);
    fields.check_range("a block size", logical, min_block_size, max_block_size);
    fields.check_code("checksum type", fields.u8(48), checksum_types);
    fields.check_code("compression type", compression, compression_types);
    if (compression != 0)
        fields.check_range("a compressed size", stored, 1, logical);
    else
        fields.check(stored == 0, "no compressed size without a compression");
    return {.payload_size = compression != 0 ? stored : logical,
            .object = fields.u64(8),
            .offset = fields.u64(24),
            .length = logical,
            .to_guid = fields.u64(40)};
}

/// Unlike in WRITE, only the compressed size shows whether it is compressed
/// (DRR_SPILL_PAYLOAD_SIZE).
Header spill_fields(Fields& fields) {
    const std::uint64_t length = fields.u64(16);
    const std::uint64_t stored = fields.u64(40);
    fields.check_range("an object number", fields.u64(8), 1, to_the_end);
    fields.check_range("a spill block size", length, min_block_size, max_block_size);
    fields.check_code("compression type", fields.u8(33), compression_types);
    fields.check_range("a compressed size", stored, fields.raw() ? 1 : 0, length);
    return {.payload_size = stored != 0 ? stored : length,
            .object = fields.u64(8),
            .length = length,
            .to_guid = fields.u64(24)};
}

Header embedded_fields(Fields& fields) {
    const std::uint64_t length = fields.u64(24);
    const std::uint64_t stored = fields.u32(52);
    fields.check(!fields.raw(), "no embedded block in a raw stream");
    fields.check_range("an object number", fields.u64(8), 1, to_the_end);
    fields.check_sum("the end of the block", fields.u64(16), length);
    fields.check_range("a length", length, 0, max_block_size);
    fields.check_range("an embedded block's logical size", fields.u32(48), stored, max_block_size);
    fields.check_range("an embedded size", stored, 0, max_embedded);
    fields.check_code("compression type", fields.u8(40), compression_types);
    fields.check_code("embedded type", fields.u8(41), embedded_types);
    return {.payload_size = round_up_8(stored),
            .object = fields.u64(8),
            .offset = fields.u64(16),
            .length = length,
            .to_guid = fields.u64(32)};
}

/// FREEOBJECTS and OBJECT_RANGE: a run of object numbers.
Header objects_fields(Fields& fields) {
    fields.check_sum("the end of the objects", fields.u64(8), fields.u64(16));
    return {.object = fields.u64(8), .length = fields.u64(16), .to_guid = fields.u64(24)};
}

Header object_range_fields(Fields& fields) {
    fields.check(fields.raw(), "no OBJECT_RANGE in a stream that is not raw");
    fields.check_multiple("a first object", fields.u64(8), objects_per_range);
    fields.check_range("a number of objects", fields.u64(16), objects_per_range, objects_per_range);
    return objects_fields(fields);
}

/// FREE, WRITE_BYREF and REDACT: a part of one object.
Header extent_fields(Fields& fields) {
    fields.check_range("an object number", fields.u64(8), 1, to_the_end);
    if (fields.u64(24) != to_the_end)
        fields.check_sum("the end of the extent", fields.u64(16), fields.u64(24));
    return {.object = fields.u64(8),
            .offset = fields.u64(16),
            .length = fields.u64(24),
            .to_guid = fields.u64(32)};
}

Header fields_of(RecordType type, Fields& fields) {
    switch (type) {
        case RecordType::object:
            return object_fields(fields);
        case RecordType::write:
            return write_fields(fields);
        case RecordType::spill:
            return spill_fields(fields);
        case RecordType::write_embedded:
            return embedded_fields(fields);
        case RecordType::freeobjects:
            return objects_fields(fields);
        case RecordType::object_range:
            return object_range_fields(fields);
        case RecordType::free:
        case RecordType::write_byref:
        case RecordType::redact:
            return extent_fields(fields);
        case RecordType::end:
            return {.to_guid = fields.u64(end_guid_offset)};
        case RecordType::begin:
            break;
    }
    return {};
}

}  // namespace

std::optional<std::endian> begin_byte_order(Bytes header) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        if (load_int<std::uint64_t>(header, 8, order) == magic && raw_type(header, order) == 0)
            return order;
    }
    return std::nullopt;
}

std::uint32_t raw_type(Bytes header, std::endian order) {
    return load_int<std::uint32_t>(header, 0, order);
}

std::expected<Header, HeaderError> read_header(Bytes header, std::endian order, bool raw) {
    Fields fields(header, order, raw);
    const auto type = static_cast<RecordType>(raw_type(header, order));
    Header result = fields_of(type, fields);
    result.type = type;
    fields.check_multiple("a payload size", result.payload_size, 8);
    // ZFS sets drr_payloadlen only in BEGIN; when it receives, it uses the fields above.
    if (const std::uint32_t length = fields.u32(4); length != 0)
        fields.check_range("a payload length", length, result.payload_size, result.payload_size);
    if (fields.error) return std::unexpected(std::move(*fields.error));
    return result;
}

std::expected<Begin, HeaderError> read_begin(Bytes header, std::endian order,
                                             std::uint64_t& payload_size) {
    Fields fields(header, order, false);
    const std::uint64_t version = fields.u64(16);
    const std::uint64_t kind = version & 3U;
    Begin begin{.byte_order = order,
                .compound = kind == compoundstream,
                .features = version >> 2U,
                .creation_time = fields.u64(24),
                .objset_type = fields.u32(32),
                .flags = fields.u32(36),
                .to_guid = fields.u64(40),
                .from_guid = fields.u64(48),
                .to_name = {}};
    payload_size = fields.u32(4);
    fields.check_range("a header type of 1 (stream) or 2 (package):", kind, substream,
                       compoundstream);
    fields.check_range("a BEGIN payload", payload_size, 0, max_begin_payload);
    fields.check_multiple("a BEGIN payload", payload_size, 4);
    const Bytes name = header.subspan(name_offset);
    const auto end = std::ranges::find(name, std::byte{0});
    fields.check(end != name.end(), "a name that ends within its 256 bytes");
    if (fields.error) return std::unexpected(std::move(*fields.error));
    begin.to_name = as_text(name.first(static_cast<std::size_t>(end - name.begin())));
    return begin;
}

codec::Fletcher4 read_checksum(Bytes header, std::size_t offset, std::endian order) {
    return {load_int<std::uint64_t>(header, offset, order),
            load_int<std::uint64_t>(header, offset + 8, order),
            load_int<std::uint64_t>(header, offset + 16, order),
            load_int<std::uint64_t>(header, offset + 24, order)};
}

}  // namespace zg::stream
