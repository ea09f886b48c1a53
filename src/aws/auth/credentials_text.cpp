#include "aws/auth/credentials_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace zg::aws {

namespace {

constexpr std::size_t longest_words = 400;

/// Parses a time from left to right.
class TimeReader {
  public:
    explicit TimeReader(std::string_view text) : rest_(text) {}

    std::optional<int> number(std::size_t digits) {
        int value = 0;
        if (rest_.size() < digits || !std::ranges::all_of(rest_.substr(0, digits), [](char c) {
                return c >= '0' && c <= '9';
            }))
            return std::nullopt;
        std::from_chars(rest_.data(), rest_.data() + digits, value);
        rest_.remove_prefix(digits);
        return value;
    }
    bool skip(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_fraction() {
        if (skip('.'))
            rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of("0123456789")));
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

std::optional<std::chrono::minutes> read_zone(TimeReader& reader) {
    if (reader.skip('Z')) return std::chrono::minutes(0);
    const bool west = reader.skip('-');
    if (!west && !reader.skip('+')) return std::nullopt;
    const auto hours = reader.number(2);
    reader.skip(':');
    const auto minutes = reader.number(2);
    if (!hours || !minutes) return std::nullopt;
    const std::chrono::minutes east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return west ? -east : east;
}

}  // namespace

std::optional<TimePoint> parse_expiration(std::string_view text) {
    TimeReader reader(text);
    const auto year = reader.number(4);
    const bool dash = reader.skip('-');
    const auto month = reader.number(2);
    const bool second_dash = reader.skip('-');
    const auto day = reader.number(2);
    const bool letter = reader.skip('T') || reader.skip(' ');
    const auto hour = reader.number(2);
    const bool colon = reader.skip(':');
    const auto minute = reader.number(2);
    const bool second_colon = reader.skip(':');
    const auto second = reader.number(2);
    if (!(year && dash && month && second_dash && day && letter && hour && colon && minute &&
          second_colon && second))
        return std::nullopt;
    reader.skip_fraction();
    const auto zone = read_zone(reader);
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!zone || !reader.at_end() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second) - *zone;
}

std::optional<Members> json_members(std::string_view text) {
    // The parser's exceptions quote their input, so they must not be used.
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Members members;
    for (const auto& [name, value] : json.items()) {
        if (value.is_string()) members[name] = value.get<std::string>();
        if (value.is_number_integer()) members[name] = fmt::format("{}", value.get<std::int64_t>());
    }
    return members;
}

Result<Credentials> credentials_of(const Members& members, std::string_view token,
                                   const std::string& where) {
    const auto wrong = [&](std::string what) {
        return fail({.kind = ErrorKind::usage,
                     .what = std::move(what),
                     .where = where,
                     .hint = "the answer must be a JSON object with AccessKeyId, SecretAccessKey "
                             "and, if they expire, Expiration: check that the endpoint or command "
                             "is a source of AWS credentials"});
    };
    const auto member = [&](std::string_view name) {
        const auto found = members.find(name);
        return found != members.end() ? found->second : std::string();
    };
    for (const char* name : {"AccessKeyId", "SecretAccessKey"})
        if (member(name).empty()) return wrong(fmt::format("the answer has no {}", name));
    Credentials credentials{.access_key_id = member("AccessKeyId"),
                            .secret_access_key = Secret(member("SecretAccessKey")),
                            .session_token = Secret(member(token))};
    const std::string expiration = member("Expiration");
    if (expiration.empty()) return credentials;
    credentials.expires = parse_expiration(expiration);
    if (!credentials.expires) return wrong("the answer's Expiration is not a valid time");
    return credentials;
}

std::string safe_text(std::string_view text, const std::vector<const Secret*>& secrets) {
    std::string words(text);
    for (const Secret* secret : secrets) {
        if (secret->empty()) continue;
        for (std::size_t at = words.find(secret->reveal()); at != std::string::npos;
             at = words.find(secret->reveal(), at))
            words.replace(at, secret->reveal().size(), 1, '*');
    }
    std::ranges::replace_if(words, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, ' ');
    if (words.size() > longest_words) words = words.substr(0, longest_words) + " ...";
    return words;
}

Error with_hint(Error error, std::string hint) {
    if (error.hint.empty()) error.hint = std::move(hint);
    return error;
}

}  // namespace zg::aws
