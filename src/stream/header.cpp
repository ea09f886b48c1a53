#include "stream/header.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zg::stream {

namespace {

constexpr std::uint64_t magic = 0x2f5bacbacULL;        // DMU_BACKUP_MAGIC
constexpr std::uint64_t min_block_size = 512;          // SPA_MINBLOCKSIZE
constexpr std::uint64_t max_bonus = 16 * 1024;         // DNODE_MAX_SIZE bounds DN_BONUS_SIZE
constexpr std::uint64_t max_embedded = 112;            // BPE_PAYLOAD_SIZE
constexpr unsigned max_compression = 16;               // ZIO_COMPRESS_ZSTD, the newest
constexpr std::uint64_t substream = 1;                 // DMU_SUBSTREAM
constexpr std::uint64_t compoundstream = 2;            // DMU_COMPOUNDSTREAM
constexpr std::size_t name_offset = 56;

/// Fields of one header, and the first of them that cannot be right.
class Fields {
  public:
    Fields(Bytes header, std::endian order) : header_(header), order_(order) {}
    [[nodiscard]] std::uint64_t u64(std::size_t at) const { return load_int<std::uint64_t>(header_, at, order_); }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const { return load_int<std::uint32_t>(header_, at, order_); }
    [[nodiscard]] unsigned u8(std::size_t at) const { return std::to_integer<unsigned>(header_[at]); }

    void check_range(std::string_view what, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
        if (!error && (value < least || value > most)) error = fmt::format("expected {} from {} to {}, found {}", what, least, most, value);
    }
    std::optional<HeaderError> error;

  private:
    Bytes header_;
    std::endian order_;
};

std::uint64_t round_up_8(std::uint64_t value) { return (value + 7) / 8 * 8; }

/// The size of a payload that may be compressed: `physical` where a compression is named, else `logical`.
std::uint64_t block_payload(Fields& fields, unsigned compression, std::uint64_t logical, std::uint64_t physical) {
    fields.check_range("a block size", logical, 1, max_block_size);
    fields.check_range("a compression type", compression, 0, max_compression);
    if (compression == 0) return logical;
    fields.check_range("a compressed size", physical, 1, logical);
    return physical;
}

Header object_fields(Fields& fields) {
    const std::uint64_t bonus = fields.u32(28);
    const std::uint64_t raw_bonus = fields.u32(36);
    fields.check_range("an object's block size", fields.u32(24), min_block_size, max_block_size);
    fields.check_range("a bonus length", bonus, 0, max_bonus);
    fields.check_range("a raw bonus length", raw_bonus, 0, max_bonus);
    return {.payload_size = raw_bonus != 0 ? raw_bonus : round_up_8(bonus), .object = fields.u64(8), .to_guid = fields.u64(40)};
}

Header write_fields(Fields& fields) {
    const std::uint64_t logical = fields.u64(32);
    return {.payload_size = block_payload(fields, fields.u8(50), logical, fields.u64(96)),
            .object = fields.u64(8),
            .offset = fields.u64(24),
            .length = logical,
            .to_guid = fields.u64(40)};
}

Header spill_fields(Fields& fields) {
    const std::uint64_t length = fields.u64(16);
    fields.check_range("a spill block size", length, min_block_size, max_block_size);
    return {.payload_size = block_payload(fields, fields.u8(33), length, fields.u64(40)),
            .object = fields.u64(8),
            .length = length,
            .to_guid = fields.u64(24)};
}

Header embedded_fields(Fields& fields) {
    const std::uint64_t stored = fields.u32(52);
    fields.check_range("an embedded size", stored, 0, max_embedded);
    fields.check_range("an embedded block's logical size", fields.u32(48), 0, max_block_size);
    fields.check_range("a compression type", fields.u8(40), 0, max_compression);
    fields.check_range("a length", fields.u64(24), 0, max_block_size);
    return {.payload_size = round_up_8(stored), .object = fields.u64(8), .offset = fields.u64(16), .length = fields.u64(24), .to_guid = fields.u64(32)};
}

Header fields_of(RecordType type, Fields& fields) {
    switch (type) {
        case RecordType::object: return object_fields(fields);
        case RecordType::write: return write_fields(fields);
        case RecordType::spill: return spill_fields(fields);
        case RecordType::write_embedded: return embedded_fields(fields);
        case RecordType::freeobjects:
        case RecordType::object_range: return {.object = fields.u64(8), .length = fields.u64(16), .to_guid = fields.u64(24)};
        case RecordType::free:
        case RecordType::write_byref:
        case RecordType::redact:
            return {.object = fields.u64(8), .offset = fields.u64(16), .length = fields.u64(24), .to_guid = fields.u64(32)};
        case RecordType::end: return {.to_guid = fields.u64(40)};
        case RecordType::begin: break;
    }
    return {};
}

}  // namespace

std::optional<std::endian> begin_byte_order(Bytes header) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        if (load_int<std::uint64_t>(header, 8, order) == magic && raw_type(header, order) == 0) return order;
    }
    return std::nullopt;
}

std::uint32_t raw_type(Bytes header, std::endian order) { return load_int<std::uint32_t>(header, 0, order); }

std::expected<Header, HeaderError> read_header(Bytes header, std::endian order) {
    Fields fields(header, order);
    const auto type = static_cast<RecordType>(raw_type(header, order));
    Header result = fields_of(type, fields);
    result.type = type;
    fields.check_range("a payload size that is a multiple of 8, with a rest of", result.payload_size % 8, 0, 0);
    // Older streams leave drr_payloadlen at 0 for all records but BEGIN.
    if (const std::uint32_t told = fields.u32(4); !fields.error && told != 0 && told != result.payload_size)
        fields.error = fmt::format("expected a payload length of {}, found {}", result.payload_size, told);
    if (fields.error) return std::unexpected(std::move(*fields.error));
    return result;
}

std::expected<Begin, HeaderError> read_begin(Bytes header, std::endian order, std::uint64_t& payload_size) {
    Fields fields(header, order);
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
    if (kind != substream && kind != compoundstream)
        fields.error = fmt::format("expected a header type of 1 (stream) or 2 (package), found {}", kind);
    fields.check_range("a BEGIN payload", payload_size, 0, max_begin_payload);
    const Bytes name = header.subspan(name_offset);
    const auto end = std::ranges::find(name, std::byte{0});
    if (end == name.end() && !fields.error) fields.error = "expected a name that ends within its 256 bytes";
    if (fields.error) return std::unexpected(std::move(*fields.error));
    begin.to_name = as_text(name.first(static_cast<std::size_t>(end - name.begin())));
    return begin;
}

Fletcher4 read_checksum(Bytes header, std::size_t offset, std::endian order) {
    return {load_int<std::uint64_t>(header, offset, order), load_int<std::uint64_t>(header, offset + 8, order),
            load_int<std::uint64_t>(header, offset + 16, order), load_int<std::uint64_t>(header, offset + 24, order)};
}

}  // namespace zg::stream
