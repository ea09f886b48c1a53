#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/result.hpp"

namespace zg {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

struct Quantity {
    std::uint64_t number = 0;
    std::string_view unit;
};

/// Digits, and the rest of the text; nothing if there are no digits or too many.
std::optional<Quantity> split(std::string_view text) {
    Quantity quantity;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, quantity.number);
    if (error != std::errc{}) return std::nullopt;
    quantity.unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
    return quantity;
}

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

constexpr std::array<Unit, 5> duration_units{
    {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};

constexpr std::uint64_t ki = 1024;
constexpr std::uint64_t k = 1000;
constexpr std::array<Unit, 17> size_units{{
    {"", 1},
    {"B", 1},
    {"K", ki},
    {"M", ki* ki},
    {"G", ki* ki* ki},
    {"T", ki* ki* ki* ki},
    {"P", ki* ki* ki* ki* ki},
    {"KiB", ki},
    {"MiB", ki* ki},
    {"GiB", ki* ki* ki},
    {"TiB", ki* ki* ki* ki},
    {"PiB", ki* ki* ki* ki* ki},
    {"KB", k},
    {"MB", k* k},
    {"GB", k* k* k},
    {"TB", k* k* k* k},
    {"PB", k* k* k* k* k},
}};

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    const auto quantity = split(text);
    const auto* unit = quantity ? std::ranges::find(duration_units, quantity->unit, &Unit::name)
                                : duration_units.end();
    const auto seconds =
        unit != duration_units.end() ? multiply(quantity->number, unit->factor) : std::nullopt;
    // A limit that allows adding the duration to any time.
    constexpr std::uint64_t longest = std::uint64_t{36500} * 86400;
    if (!seconds || *seconds > longest)
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("\"{}\" is not a duration", text),
                     .hint = "write a whole number and s, m, h or d, such as 90s or 12h"});
    return std::chrono::seconds(*seconds);
}

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto quantity = split(text);
    const auto* unit =
        quantity
            ? std::ranges::find_if(
                  size_units, [&](const Unit& u) { return same_letters(u.name, quantity->unit); })
            : size_units.end();
    const auto bytes =
        unit != size_units.end() ? multiply(quantity->number, unit->factor) : std::nullopt;
    if (!bytes)
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("\"{}\" is not a size", text),
                     .hint = "write a whole number and a unit, such as 64MiB, 1G or 500MB"});
    return *bytes;
}

Result<std::uint64_t> parse_rate(std::string_view text) {
    constexpr std::array<Unit, 4> bit_units{
        {{"bit", 1}, {"kbit", k}, {"Mbit", k * k}, {"Gbit", k * k * k}}};
    const std::string_view amount = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
    auto bytes = parse_size(amount);
    if (const auto quantity = split(amount); !bytes && quantity) {
        const auto* unit = std::ranges::find_if(
            bit_units, [&](const Unit& u) { return same_letters(u.name, quantity->unit); });
        const auto bits =
            unit != bit_units.end() ? multiply(quantity->number, unit->factor) : std::nullopt;
        if (bits) bytes = *bits / 8;
    }
    if (bytes && *bytes > 0) return *bytes;
    return fail({.kind = ErrorKind::usage,
                 .what = fmt::format("\"{}\" is not a rate", text),
                 .hint = "write bytes or bits per second, such as 10MiB/s or 100Mbit/s"});
}

std::string format_size(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    constexpr std::array<std::string_view, 6> names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // 1023.95 would be printed as 1024.0.
    while (value >= 1023.95 && unit + 1 < names.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, names[unit]);
}

std::string exact_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> units{"", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return fmt::format("{}{}", bytes, units[unit]);
}

std::string format_duration(std::chrono::seconds duration) {
    if (duration < std::chrono::seconds::zero()) return "-" + format_duration(-duration);
    constexpr std::array<std::pair<std::int64_t, char>, 4> units{
        {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
    std::int64_t rest = duration.count();
    for (std::size_t i = 0; i < units.size(); ++i) {
        const std::int64_t large = rest / units[i].first;
        if (large == 0) continue;
        rest %= units[i].first;
        const std::int64_t small = i + 1 < units.size() ? rest / units[i + 1].first : 0;
        if (small == 0) return fmt::format("{}{}", large, units[i].second);
        return fmt::format("{}{} {}{}", large, units[i].second, small, units[i + 1].second);
    }
    return "0s";
}

}  // namespace zg
