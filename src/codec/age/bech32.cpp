#include "codec/age/bech32.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_size = 6;
constexpr std::size_t prefix_max = 83;

/// Values of five bits each, one in a byte.
using Fives = SecretBuffer;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// The remainder modulo BIP 173's generator of degree six over GF(32), computed one value at a
/// time.
class Checksum {
  public:
    void add(unsigned five) {
        constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                               0x2a1462b3};
        const std::uint32_t top = state_ >> 25U;
        state_ = (state_ & 0x1ffffffU) << 5U ^ five;
        for (unsigned bit = 0; bit < 5; ++bit)
            if ((top >> bit & 1U) != 0) state_ ^= generator[bit];
    }
    /// Always over the lower-case prefix.
    void add_prefix(std::string_view prefix) {
        for (const char c : prefix) add(static_cast<unsigned char>(lower(c)) >> 5U);
        add(0);
        for (const char c : prefix) add(static_cast<unsigned char>(lower(c)) & 31U);
    }
    void add(const Fives& fives) {
        for (const std::byte five : fives) add(std::to_integer<unsigned>(five));
    }
    [[nodiscard]] std::uint32_t value() const { return state_; }

  private:
    std::uint32_t state_ = 1;
};

Fives to_fives(Bytes bytes) {
    Fives fives;
    fives.reserve(bytes.size() * 8 / 5 + 1);
    unsigned bits = 0;
    unsigned count = 0;
    for (const std::byte byte : bytes) {
        bits = (bits << 8U | std::to_integer<unsigned>(byte)) & 0xfffU;
        for (count += 8; count >= 5; count -= 5)
            fives.push_back(static_cast<std::byte>(bits >> (count - 5) & 31U));
    }
    if (count > 0) fives.push_back(static_cast<std::byte>(bits << (5 - count) & 31U));
    return fives;
}

std::optional<SecretBuffer> from_fives(const Fives& fives) {
    SecretBuffer bytes;
    bytes.reserve(fives.size() * 5 / 8);
    unsigned bits = 0;
    unsigned count = 0;
    for (const std::byte five : fives) {
        bits = (bits << 5U | std::to_integer<unsigned>(five)) & 0xfffU;
        count += 5;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<std::byte>(bits >> count & 0xffU));
    }
    // Only zero bits that pad the last value may be left over.
    if (count >= 5 || (bits & ((1U << count) - 1)) != 0) return std::nullopt;
    return bytes;
}

bool is_prefix(std::string_view prefix) {
    return !prefix.empty() && prefix.size() <= prefix_max &&
           std::ranges::all_of(prefix, [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

Secret bech32(std::string_view prefix, Bytes bytes) {
    const bool in_upper = std::ranges::any_of(prefix, is_upper);
    Fives fives = to_fives(bytes);
    Checksum checksum;
    checksum.add_prefix(prefix);
    checksum.add(fives);
    for (std::size_t i = 0; i < checksum_size; ++i) checksum.add(0U);
    for (std::size_t i = 0; i < checksum_size; ++i)
        fives.push_back(
            static_cast<std::byte>((checksum.value() ^ 1U) >> 5 * (checksum_size - 1 - i) & 31U));
    std::string text;
    // At once, so that no copy of a secret is left in memory.
    text.reserve(prefix.size() + 1 + fives.size());
    text += prefix;
    text += '1';
    for (const std::byte five : fives) {
        const char c = alphabet[std::to_integer<std::size_t>(five)];
        text += in_upper ? upper(c) : c;
    }
    return Secret(std::move(text));
}

std::optional<Bech32> from_bech32(std::string_view text) {
    const bool in_upper = std::ranges::any_of(text, is_upper);
    if (in_upper && std::ranges::any_of(text, is_lower)) return std::nullopt;
    const std::size_t separator = text.rfind('1');
    if (separator == text.npos || !is_prefix(text.substr(0, separator)) ||
        text.size() - separator - 1 < checksum_size)
        return std::nullopt;
    Fives fives;
    fives.reserve(text.size() - separator - 1);
    for (const char c : text.substr(separator + 1)) {
        const std::size_t five = alphabet.find(lower(c));
        if (five == alphabet.npos) return std::nullopt;
        fives.push_back(static_cast<std::byte>(five));
    }
    Checksum checksum;
    checksum.add_prefix(text.substr(0, separator));
    checksum.add(fives);
    if (checksum.value() != 1) return std::nullopt;
    fives.resize(fives.size() - checksum_size);
    auto bytes = from_fives(fives);
    if (!bytes) return std::nullopt;
    return Bech32{.prefix = std::string(text.substr(0, separator)), .bytes = std::move(*bytes)};
}

}  // namespace zg::codec
