#include "codec/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "base/random.hpp"
#include "codec/age/age.hpp"
#include "codec/age/file.hpp"
#include "codec/age/scrypt.hpp"
#include "codec/transform.hpp"
#include "codec/zstd.hpp"

namespace zg::codec {

namespace {

constexpr std::size_t zstd_row = 0;
constexpr std::size_t age_row = 1;
constexpr std::array<Encoding, 2> table{{
    {.role = EncodingRole::compression,
     .name = "zstd",
     .suffix = ".zst",
     .default_level = 3,
     .max_level = 19,
     .encoder = [](const EncoderOptions& options) -> std::unique_ptr<Transform> {
         return std::make_unique<ZstdEncoder>(options.level);
     },
     .decoder = [](const AgeKeys&) -> std::unique_ptr<Transform> {
         return std::make_unique<ZstdDecoder>();
     },
     .memory = [](const EncoderOptions& options) -> std::uint64_t {
         return zstd_encoder_memory(options.level);
     }},
    {.role = EncodingRole::encryption,
     .name = "age",
     .suffix = ".age",
     .begin_file = [](const EncoderOptions& options,
                      Random& random) { return begin_age_file(options.recipients, random); },
     .decoder = [](const AgeKeys& keys) -> std::unique_ptr<Transform> {
         return std::make_unique<AgeDecoder>(keys);
     },
     .memory = [](const EncoderOptions& options) -> std::uint64_t {
         return options.recipients.passphrase ? age_scrypt_memory(age_work_factor) : 0;
     }},
}};

auto compressions() {
    return table | std::views::filter([](const Encoding& encoding) {
               return encoding.role == EncodingRole::compression;
           });
}

}  // namespace

const char* role_name(EncodingRole role) {
    return role == EncodingRole::compression ? "compression" : "encryption";
}

std::span<const Encoding> all_encodings() { return table; }
const Encoding& zstd_encoding() { return table[zstd_row]; }
const Encoding& age_encoding() { return table[age_row]; }

const Encoding* find_encoding(EncodingRole role, std::string_view name) {
    const auto* found = std::ranges::find_if(table, [&](const Encoding& encoding) {
        return encoding.role == role && encoding.name == name;
    });
    return found == table.end() ? nullptr : found;
}

const Encoding* Encodings::of(EncodingRole role) const {
    const auto found = std::ranges::find(list_, role, &Encoding::role);
    return found == list_.end() ? nullptr : *found;
}

std::string_view Encodings::name_of(EncodingRole role) const {
    const Encoding* encoding = of(role);
    return encoding != nullptr ? encoding->name : no_encoding;
}

std::string Encodings::suffix() const {
    std::string suffix;
    for (const Encoding* encoding : list_) suffix += encoding->suffix;
    return suffix;
}

Chain Encodings::decoder(const AgeKeys& keys) const {
    Chain chain;
    for (const Encoding* encoding : std::views::reverse(list_)) chain.add(encoding->decoder(keys));
    return chain;
}

std::string Compression::text() const { return fmt::format("{}:{}", encoding->name, level); }

Compression default_compression() { return {&zstd_encoding(), zstd_encoding().default_level}; }

std::optional<Compression> parse_compression(std::string_view text) {
    const std::size_t colon = text.find(':');
    const Encoding* encoding = find_encoding(EncodingRole::compression, text.substr(0, colon));
    if (encoding == nullptr) return std::nullopt;
    if (colon == std::string_view::npos) return Compression{encoding, encoding->default_level};
    const std::string_view digits = text.substr(colon + 1);
    const char* const last = digits.data() + digits.size();
    int level = 0;
    const auto [end, error] = std::from_chars(digits.data(), last, level);
    if (error != std::errc{} || end != last || level < 1 || level > encoding->max_level)
        return std::nullopt;
    return Compression{encoding, level};
}

std::string compression_forms() {
    std::string forms;
    for (const Encoding& encoding : compressions())
        forms += fmt::format("{0}{1} or {1}:LEVEL (1 to {2})", forms.empty() ? "" : ", ",
                             encoding.name, encoding.max_level);
    return forms;
}

}  // namespace zg::codec
