#include "catalog/archive_id.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

namespace {

constexpr std::size_t time_size = 16;  // 20261123T020000Z
constexpr std::size_t tag_size = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string owner_tag(std::string_view store_id, std::string_view machine_id,
                      std::string_view dataset) {
    codec::Sha256 hash;
    hash.update(as_bytes("zglacier owner"));
    for (const std::string_view part : {store_id, machine_id, dataset}) {
        hash.update(as_bytes(std::string_view("\0", 1)));
        hash.update(as_bytes(part));
    }
    return hash.finish().hex().substr(0, tag_size);
}

std::string make_archive_id(TimePoint time, std::string_view tag) {
    return compact_utc(time) + "-" + std::string(tag);
}

bool is_compact_utc(std::string_view text) {
    return text.size() == time_size && text[8] == 'T' && text[15] == 'Z' &&
           std::ranges::all_of(text.substr(0, 8), is_digit) &&
           std::ranges::all_of(text.substr(9, 6), is_digit);
}

bool is_archive_id(std::string_view text) {
    return text.size() == time_size + 1 + tag_size && text[time_size] == '-' &&
           is_compact_utc(text.substr(0, time_size)) &&
           std::ranges::all_of(text.substr(time_size + 1), is_hex);
}

std::string_view tag_of(std::string_view archive_id) { return archive_id.substr(time_size + 1); }

}  // namespace zg::catalog
