#include "stream/resume_token.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "codec/hex.hpp"
#include "stream/nvlist.hpp"

namespace zg::stream {

namespace {

// A token holds a name of at most 255 characters and a dozen numbers.
constexpr std::size_t largest_list = std::size_t{64} << 10U;
constexpr std::string_view version = "1";

std::unexpected<Error> invalid_token(std::string_view why) {
    return fail({.kind = ErrorKind::damage,
                 .what = fmt::format("this is not a resume token of zfs: {}", why)});
}

/// zfs sums whole words only, and leaves out the rest.
std::uint64_t checksum(Bytes bytes) {
    codec::Fletcher4 sums;
    sums.update(bytes.first(bytes.size() / 4 * 4), std::endian::little);
    return sums.a;
}

Buffer deflated(Bytes bytes) {
    uLongf size = compressBound(bytes.size());
    Buffer packed(size);
    compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 6);
    packed.resize(size);
    return packed;
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::optional<Buffer> hexadecimal_bytes(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Buffer bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const auto byte = hexadecimal(text.substr(at, 2));
        if (!byte) return std::nullopt;
        bytes.push_back(static_cast<std::byte>(*byte));
    }
    return bytes;
}

/// The four fields between the dashes.
std::optional<std::array<std::string_view, 4>> fields_of(std::string_view text) {
    std::array<std::string_view, 4> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t end = i + 1 < fields.size() ? text.find('-') : text.size();
        if (end == text.npos) return std::nullopt;
        fields[i] = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

}  // namespace

std::string resume_token_text(const ResumeToken& token) {
    std::vector<NvPair> pairs;
    if (token.from_guid != 0) pairs.emplace_back("fromguid", token.from_guid);
    pairs.emplace_back("object", token.object);
    pairs.emplace_back("offset", token.offset);
    pairs.emplace_back("bytes", token.bytes);
    pairs.emplace_back("toguid", token.to_guid);
    pairs.emplace_back("toname", token.to_name);
    for (const auto& [set, name] :
         {std::pair{token.large_blocks, "largeblockok"}, std::pair{token.embedded, "embedok"},
          std::pair{token.compressed, "compressok"}, std::pair{token.raw, "rawok"}}) {
        if (set) pairs.emplace_back(name, std::monostate{});
    }
    const Buffer packed = pack_nvlist(pairs);
    const Buffer small = deflated(packed);
    return fmt::format("{}-{:x}-{:x}-{}", version, checksum(small), packed.size(),
                       codec::hex(small));
}

Result<ResumeToken> parse_resume_token(std::string_view text) {
    const auto fields = fields_of(text);
    if (!fields) return invalid_token("it does not have four fields");
    if ((*fields)[0] != version)
        return fail(
            {.kind = ErrorKind::unsupported,
             .what = fmt::format("resume tokens of version '{}' are not supported", (*fields)[0])});
    const auto sum = hexadecimal((*fields)[1]);
    const auto size = hexadecimal((*fields)[2]);
    const auto small = hexadecimal_bytes((*fields)[3]);
    if (!sum || !size || !small || *size > largest_list)
        return invalid_token("a field is not a hexadecimal number");
    if (checksum(*small) != *sum) return invalid_token("its checksum is wrong");
    Buffer packed(*size);
    uLongf unpacked = packed.size();
    const int done = uncompress(reinterpret_cast<Bytef*>(packed.data()), &unpacked,
                                reinterpret_cast<const Bytef*>(small->data()), small->size());
    if (done != Z_OK || unpacked != *size) return invalid_token("it cannot be decompressed");
    ZG_TRY(const std::vector<NvPair> pairs, unpack_nvlist(packed));
    const auto number = [&](const char* name) { return nv_number(pairs, name).value_or(0); };
    if (number("toguid") == 0) return invalid_token("it names no snapshot");
    return ResumeToken{.object = number("object"),
                       .offset = number("offset"),
                       .bytes = number("bytes"),
                       .to_guid = number("toguid"),
                       .from_guid = number("fromguid"),
                       .to_name = nv_text(pairs, "toname"),
                       .large_blocks = nv_flag(pairs, "largeblockok"),
                       .embedded = nv_flag(pairs, "embedok"),
                       .compressed = nv_flag(pairs, "compressok"),
                       .raw = nv_flag(pairs, "rawok")};
}

}  // namespace zg::stream
