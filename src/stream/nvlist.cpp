#include "stream/nvlist.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::stream {

namespace {

// nvs_header_t: encoding, byte order, two bytes unused. Then version and flags, four bytes each.
constexpr std::size_t list_header_size = 12;
constexpr auto native_encoding = std::byte{0};
constexpr auto little_endian = std::byte{1};
// nvpair_t: size, size of the name, reserved, number of values, type.
constexpr std::size_t pair_header_size = 16;
constexpr std::size_t end_size = 4;

enum class Type : std::int32_t { boolean = 1, uint64 = 8, text = 9, list = 19, list_array = 20 };

std::size_t align(std::size_t size) { return (size + 7) / 8 * 8; }

std::unexpected<Error> invalid_list(std::string_view why) {
    return fail({.kind = ErrorKind::damage,
                 .what = std::string("the name-value list cannot be read: ") + std::string(why)});
}

template <class T>
void append(Buffer& out, T value) {
    out.resize(out.size() + sizeof value);
    store_int(MutableBytes(out).last(sizeof value), 0, value);
}

void append_text(Buffer& out, std::string_view text) {
    const Bytes bytes = as_bytes(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
    out.push_back(std::byte{0});
}

Buffer value_bytes(const NvValue& value) {
    Buffer bytes;
    if (const auto* number = std::get_if<std::uint64_t>(&value)) append(bytes, *number);
    if (const auto* text = std::get_if<std::string>(&value)) {
        append_text(bytes, *text);
        bytes.resize(align(bytes.size()));
    }
    return bytes;
}

Type type_of(const NvValue& value) {
    if (std::holds_alternative<std::uint64_t>(value)) return Type::uint64;
    return std::holds_alternative<std::string>(value) ? Type::text : Type::boolean;
}

void append_pairs(Buffer& out, const std::vector<NvPair>& pairs) {
    for (const auto& [name, value] : pairs) {
        const Buffer bytes = value_bytes(value);
        const std::size_t begin = out.size();
        const std::size_t value_at = align(pair_header_size + name.size() + 1);
        append(out, static_cast<std::int32_t>(value_at + bytes.size()));
        append(out, static_cast<std::int16_t>(name.size() + 1));
        append(out, std::int16_t{0});
        append(out, static_cast<std::int32_t>(bytes.empty() ? 0 : 1));
        append(out, static_cast<std::int32_t>(type_of(value)));
        append_text(out, name);
        out.resize(begin + value_at);
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
}

Buffer list_header() {
    Buffer out{native_encoding, little_endian, std::byte{0}, std::byte{0}};
    append(out, std::int32_t{0});   // NV_VERSION
    append(out, std::uint32_t{1});  // NV_UNIQUE_NAME
    return out;
}

/// Parses one pair; `pair` includes its size field.
Result<std::optional<NvPair>> read_pair(Bytes pair, std::endian order, Type type) {
    const auto name_size = load_int<std::int16_t>(pair, 4, order);
    if (name_size < 1 || pair_header_size + static_cast<std::size_t>(name_size) > pair.size())
        return invalid_list("a name is longer than its pair");
    const std::string name(
        as_text(pair.subspan(pair_header_size, static_cast<std::size_t>(name_size) - 1)));
    const Bytes value = pair.subspan(
        std::min(pair.size(), align(pair_header_size + static_cast<std::size_t>(name_size))));
    if (type == Type::boolean) return NvPair{name, std::monostate{}};
    if (type == Type::uint64) {
        if (value.size() < sizeof(std::uint64_t)) return invalid_list("a number is truncated");
        return NvPair{name, load_int<std::uint64_t>(value, 0, order)};
    }
    if (type != Type::text) return std::optional<NvPair>{};
    const std::string_view text = as_text(value);
    if (text.find('\0') == text.npos) return invalid_list("a string is not terminated");
    return NvPair{name, std::string(text.substr(0, text.find('\0')))};
}

}  // namespace

Buffer pack_nvlist(const std::vector<NvPair>& pairs) {
    Buffer out = list_header();
    append_pairs(out, pairs);
    out.resize(out.size() + end_size);
    return out;
}

Result<std::vector<NvPair>> unpack_nvlist(Bytes packed) {
    if (packed.size() < list_header_size + end_size || packed[0] != native_encoding)
        return invalid_list("it is not in native encoding");
    const std::endian order = packed[1] == little_endian ? std::endian::little : std::endian::big;
    std::vector<NvPair> pairs;
    for (std::size_t at = list_header_size;;) {
        if (packed.size() - at < end_size) return invalid_list("it has no end");
        const auto size = load_int<std::int32_t>(packed, at, order);
        if (size == 0) return pairs;
        if (size < static_cast<std::int32_t>(pair_header_size) ||
            static_cast<std::size_t>(size) > packed.size() - at)
            return invalid_list("a pair is longer than the list");
        const Bytes pair = packed.subspan(at, static_cast<std::size_t>(size));
        const auto type = static_cast<Type>(load_int<std::int32_t>(pair, 12, order));
        // The pairs of a nested list follow it, with their own end.
        if (type == Type::list || type == Type::list_array) return pairs;
        ZG_TRY(auto read, read_pair(pair, order, type));
        if (read) pairs.push_back(std::move(*read));
        at += static_cast<std::size_t>(size);
    }
}

Result<Buffer> prepend_to_nvlist(const std::vector<NvPair>& pairs, Bytes packed) {
    if (packed.empty()) return pack_nvlist(pairs);
    if (packed.size() < list_header_size + end_size || packed[0] != native_encoding ||
        packed[1] != little_endian)
        return invalid_list("it is not from a little-endian machine");
    Buffer out(packed.begin(), packed.begin() + list_header_size);
    append_pairs(out, pairs);
    out.insert(out.end(), packed.begin() + list_header_size, packed.end());
    return out;
}

std::optional<std::uint64_t> nv_number(const std::vector<NvPair>& pairs, std::string_view name) {
    const auto found = std::ranges::find(pairs, name, &NvPair::first);
    const auto* number =
        found == pairs.end() ? nullptr : std::get_if<std::uint64_t>(&found->second);
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::string nv_text(const std::vector<NvPair>& pairs, std::string_view name) {
    const auto found = std::ranges::find(pairs, name, &NvPair::first);
    const auto* text = found == pairs.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text != nullptr ? *text : std::string{};
}

bool nv_flag(const std::vector<NvPair>& pairs, std::string_view name) {
    return std::ranges::find(pairs, name, &NvPair::first) != pairs.end();
}

}  // namespace zg::stream
