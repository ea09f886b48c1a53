#include "codec/age/armor.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/base64.hpp"

namespace zg::codec {

namespace {

constexpr std::string_view begin_line = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view end_line = "-----END AGE ENCRYPTED FILE-----";
constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t columns = 64;

std::unexpected<Error> bad_armor(std::string cause) {
    return fail({.kind = ErrorKind::damage,
                 .what = "the ASCII armor of the age file is damaged",
                 .cause = std::move(cause)});
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
    return text.substr(0, text.find_last_not_of(white_space) + 1);
}

/// Removes the next line from `text`, and returns it without its line end.
std::string_view take_line(std::string_view& text) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

bool is_age_armor(std::string_view text) { return trimmed(text).starts_with("-----BEGIN AGE"); }

std::string age_armor(Bytes bytes) {
    std::string text = std::string(begin_line) + "\n";
    const std::string body = base64(bytes);
    for (std::size_t at = 0; at < body.size(); at += columns)
        text += body.substr(at, columns) + "\n";
    return text += std::string(end_line) + "\n";
}

Result<Buffer> from_age_armor(std::string_view text) {
    text = trimmed(text);
    if (take_line(text) != begin_line)
        return bad_armor("it does not begin with " + std::string(begin_line));
    Buffer bytes;
    for (bool last = false;;) {
        if (text.empty()) return bad_armor("it ends too early");
        const std::string_view line = take_line(text);
        if (line == end_line) break;
        if (last) return bad_armor("there is a line after a shorter one, which must be the last");
        const auto decoded =
            line.empty() || line.size() > columns ? std::nullopt : from_base64(line);
        if (!decoded) return bad_armor("it is not base64 in lines of 64 columns");
        // Padding ends the base64 as a short line does.
        last = line.size() < columns || line.ends_with('=');
        bytes.insert(bytes.end(), decoded->begin(), decoded->end());
    }
    if (!text.empty()) return bad_armor("there is more after its end");
    return bytes;
}

}  // namespace zg::codec
