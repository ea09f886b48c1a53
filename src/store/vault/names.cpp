#include "store/vault/names.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/base64.hpp"
#include "codec/zstd.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

constexpr std::string_view prefix = "zglacier/1 ";
constexpr std::size_t longest = 1024;
constexpr int level = 19;  // the contents are small and few
constexpr std::size_t largest_content = std::size_t{64} << 20U;

/// Removes the text up to the next space, and the space, from `rest`, and returns the text.
std::string_view next_word(std::string_view& rest) {
    const std::size_t space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    return word;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

std::optional<VaultMark> parse_piece(std::string_view rest) {
    VaultMark mark{.kind = VaultMark::Kind::piece, .name = {}};
    if (!read_number(next_word(rest), mark.stamp)) return std::nullopt;
    const std::string_view place = next_word(rest);
    const std::size_t slash = place.find('/');
    if (slash == std::string_view::npos || !read_number(place.substr(0, slash), mark.number) ||
        !read_number(place.substr(slash + 1), mark.count))
        return std::nullopt;
    if (mark.number < 1 || mark.number > mark.count) return std::nullopt;
    mark.name = next_word(rest);
    mark.text = rest;
    return check_name(mark.name) ? std::optional(mark) : std::nullopt;
}

/// Accepts at most the size of a small object.
class Content final : public Sink {
  public:
    Result<void> write(Bytes bytes) override {
        if (bytes.size() > largest_content - buffer.size())
            return fail(
                {.kind = ErrorKind::damage, .what = "a small object is larger than allowed"});
        buffer.insert(buffer.end(), bytes.begin(), bytes.end());
        return {};
    }
    Buffer buffer;
};

}  // namespace

std::string describe(const VaultMark& mark) {
    switch (mark.kind) {
        case VaultMark::Kind::segment:
            return fmt::format("{}s {}", prefix, mark.name);
        case VaultMark::Kind::empty_segment:
            return fmt::format("{}e {}", prefix, mark.name);
        case VaultMark::Kind::adopted:
            return fmt::format("{}a {} {}", prefix, mark.name, mark.archive);
        case VaultMark::Kind::piece:
            break;
    }
    return fmt::format("{}h {} {}/{} {} {}", prefix, mark.stamp, mark.number, mark.count, mark.name,
                       mark.text);
}

std::optional<VaultMark> parse_description(std::string_view description) {
    if (!description.starts_with(prefix)) return std::nullopt;
    description.remove_prefix(prefix.size());
    const std::string_view kind = next_word(description);
    if (kind == "h") return parse_piece(description);
    if (kind != "s" && kind != "e" && kind != "a") return std::nullopt;
    const std::string_view name = next_word(description);
    if (!check_name(name)) return std::nullopt;
    if (kind == "a") {
        const std::string_view archive = next_word(description);
        if (archive.empty()) return std::nullopt;
        return VaultMark{.kind = VaultMark::Kind::adopted,
                         .name = std::string(name),
                         .archive = std::string(archive)};
    }
    return VaultMark{
        .kind = kind == "s" ? VaultMark::Kind::segment : VaultMark::Kind::empty_segment,
        .name = std::string(name)};
}

Result<std::vector<VaultMark>> make_pieces(const std::string& name, std::uint64_t stamp,
                                           Bytes content) {
    ZG_TRY(const Buffer frame, codec::zstd_frame(content, level));
    const std::string text = codec::base64(frame);
    VaultMark mark{.kind = VaultMark::Kind::piece,
                   .name = name,
                   .stamp = stamp,
                   .number = UINT32_MAX,
                   .count = UINT32_MAX};
    const std::size_t room = longest - describe(mark).size();
    mark.count = static_cast<std::uint32_t>((text.size() + room - 1) / room);
    std::vector<VaultMark> pieces;
    for (mark.number = 1; mark.number <= mark.count; ++mark.number) {
        mark.text = text.substr((mark.number - 1) * room, room);
        pieces.push_back(mark);
    }
    return pieces;
}

Result<Buffer> join_pieces(const std::vector<VaultMark>& pieces) {
    std::string text;
    for (const VaultMark& piece : pieces) text += piece.text;
    const auto frame = codec::from_base64(text);
    if (!frame)
        return fail(
            {.kind = ErrorKind::damage,
             .what = "the descriptions of a small object's archives do not hold valid content",
             .where = pieces.empty() ? "" : pieces.front().name});
    Content content;
    codec::ZstdDecoder decoder;
    ZG_CHECK(decoder.feed(*frame, content));
    ZG_CHECK(decoder.finish(content));
    return std::move(content.buffer);
}

}  // namespace zg::store
