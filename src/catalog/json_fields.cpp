#include "catalog/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/base64.hpp"
#include "codec/fletcher4.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

using nlohmann::json;

namespace {

template <class T>
bool parse_all(std::string_view text, T& value, int base) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace

JsonFields::JsonFields(const json& object, std::string where)
    : object_(object), where_(std::move(where)) {
    if (!object.is_object())
        error_ =
            Error{.kind = ErrorKind::damage, .what = "expected a JSON object", .where = where_};
}

void JsonFields::wrong(const char* key, std::string_view expected) {
    if (error_) return;
    error_ = Error{.kind = ErrorKind::damage,
                   .what = fmt::format("expected {}", expected),
                   .where = where_.empty() ? key : fmt::format("{}.{}", where_, key)};
}

const json* JsonFields::field(const char* key, std::string_view expected) {
    if (object_.is_object()) {
        if (const auto found = object_.find(key); found != object_.end()) return &*found;
    }
    wrong(key, expected);
    return nullptr;
}

std::string JsonFields::text(const char* key) {
    const json* value = field(key, "a string");
    if (value == nullptr) return {};
    if (const auto* text = value->get_ptr<const std::string*>()) return *text;
    wrong(key, "a string");
    return {};
}

std::uint64_t JsonFields::number(const char* key) {
    constexpr std::string_view expected = "a whole number from 0";
    const json* value = field(key, expected);
    if (value == nullptr) return 0;
    if (const auto* number = value->get_ptr<const json::number_unsigned_t*>()) return *number;
    wrong(key, expected);
    return 0;
}

bool JsonFields::boolean(const char* key) {
    const json* value = field(key, "true or false");
    if (value == nullptr) return false;
    if (const auto* boolean = value->get_ptr<const bool*>()) return *boolean;
    wrong(key, "true or false");
    return false;
}

std::uint64_t JsonFields::guid(const char* key) {
    std::uint64_t value = 0;
    if (const std::string digits = text(key); !error_ && !parse_all(digits, value, 10))
        wrong(key, "a decimal number of 64 bits in quotes");
    return value;
}

TimePoint JsonFields::time(const char* key) {
    const std::string written = text(key);
    const auto value = parse_rfc3339(written);
    if (!value) wrong(key, "a time such as 2026-11-23T02:00:00Z");
    return value.value_or(TimePoint{});
}

codec::Sha256Digest JsonFields::sha256(const char* key) {
    const auto value = codec::Sha256Digest::from_hex(text(key));
    if (!value) wrong(key, "64 hexadecimal digits");
    return value.value_or(codec::Sha256Digest{});
}

codec::Fletcher4 JsonFields::fletcher4(const char* key) {
    std::array<std::uint64_t, 4> words{};
    const std::string written = text(key);
    std::string_view rest = written;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::size_t end = i + 1 < words.size() ? rest.find('/') : rest.size();
        if (end == std::string_view::npos || !parse_all(rest.substr(0, end), words[i], 16)) {
            wrong(key, "four hexadecimal words a/b/c/d");
            return {};
        }
        rest = rest.substr(std::min(end + 1, rest.size()));
    }
    return {words[0], words[1], words[2], words[3]};
}

Buffer JsonFields::bytes(const char* key) {
    auto value = codec::from_base64(text(key));
    if (!value) wrong(key, "base64");
    return std::move(value).value_or(Buffer{});
}

std::vector<std::string> JsonFields::text_list(const char* key) {
    std::vector<std::string> values;
    for (const json& value : array(key)) {
        if (!value.is_string())
            wrong(key, "an array of texts");
        else
            values.push_back(value.get<std::string>());
    }
    return values;
}

const json& JsonFields::array(const char* key) {
    static const json empty = json::array();
    const json* value = field(key, "an array");
    if (value == nullptr) return empty;
    if (value->is_array()) return *value;
    wrong(key, "an array");
    return empty;
}

std::map<std::string, std::string> JsonFields::texts(const char* key) {
    std::map<std::string, std::string> values;
    const json* object = field(key, "an object of texts");
    if (object == nullptr) return values;
    if (!object->is_object()) wrong(key, "an object of texts");
    for (const auto& [name, value] : object->items()) {
        if (value.is_string())
            values.emplace(name, value.get<std::string>());
        else
            wrong(key, "an object of texts");
    }
    return values;
}

Result<void> JsonFields::status() const {
    if (error_) return fail(*error_);
    return {};
}

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
    if (text.size() != 20) return std::nullopt;
    unsigned field[6];
    static constexpr std::size_t at[6] = {0, 5, 8, 11, 14, 17};
    for (std::size_t i = 0; i < 6; ++i) {
        if (!parse_all(text.substr(at[i], i == 0 ? 4 : 2), field[i], 10)) return std::nullopt;
    }
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(field[0])),
                                          std::chrono::month(field[1]), std::chrono::day(field[2])};
    if (!day.ok()) return std::nullopt;
    const TimePoint time = std::chrono::sys_days(day) + std::chrono::hours(field[3]) +
                           std::chrono::minutes(field[4]) + std::chrono::seconds(field[5]);
    // Written back it must be the same: that settles the separators and the ranges.
    if (rfc3339_utc(time) != text) return std::nullopt;
    return time;
}

Result<json> parse_json(Bytes text, std::string_view what) {
    json value = json::parse(as_text(text), nullptr, false);
    if (value.is_discarded())
        return fail({.kind = ErrorKind::damage, .what = fmt::format("{} is not valid JSON", what)});
    return value;
}

}  // namespace zg::catalog
