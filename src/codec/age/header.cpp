#include "codec/age/header.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/error.hpp"
#include "codec/base64.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

namespace {

constexpr std::string_view version_start = "age-encryption.org/";
constexpr std::string_view version_line = "age-encryption.org/v1";
constexpr std::string_view stanza_start = "-> ";
constexpr std::string_view mac_start = "---";
constexpr std::size_t columns = 64;

std::unexpected<Error> no_age_file() {
    return bad_age_header("an age file does not begin like this");
}

/// Splits a text into lines, one by one.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    /// The next line without its line feed; an error if there is no complete line.
    Result<std::string_view> next() {
        const std::size_t end = rest_.find('\n');
        if (end == rest_.npos) return bad_age_header("it ends too early");
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

Result<void> check_version(std::string_view line) {
    if (line == version_line) return {};
    if (!line.starts_with(version_start)) return no_age_file();
    const std::string_view version = line.substr(version_start.size());
    if (version.empty() || version.size() > 20 ||
        !std::ranges::all_of(version, [](char c) { return c > ' ' && c < '\x7f'; }))
        return no_age_file();
    return fail({.kind = ErrorKind::unsupported,
                 .what = "the age file is of version " + std::string(version) +
                         ", but only v1 is supported"});
}

Result<std::vector<std::string>> parse_arguments(std::string_view text) {
    std::vector<std::string> arguments(1);
    for (const char c : text) {
        if (c == ' ')
            arguments.emplace_back();
        else if (c > ' ' && c < '\x7f')
            arguments.back() += c;
        else
            return bad_age_header("an argument has an invalid character");
    }
    if (std::ranges::any_of(arguments, &std::string::empty))
        return bad_age_header("an argument is empty");
    return arguments;
}

Result<AgeStanza> parse_stanza(std::string_view first_line, Lines& lines) {
    if (!first_line.starts_with(stanza_start))
        return bad_age_header("it does not begin with \"-> \"");
    AgeStanza stanza;
    ZG_TRY(stanza.arguments, parse_arguments(first_line.substr(stanza_start.size())));
    for (bool last = false; !last;) {
        ZG_TRY(const std::string_view line, lines.next());
        const auto bytes = line.size() > columns ? std::nullopt : from_base64_unpadded(line);
        if (!bytes)
            return bad_age_header(
                "its body is not base64 in lines of 64 columns with a shorter one at the end");
        stanza.body.insert(stanza.body.end(), bytes->begin(), bytes->end());
        last = line.size() < columns;
    }
    return stanza;
}

Result<Sha256Digest> parse_mac(std::string_view line) {
    Sha256Digest mac;
    line.remove_prefix(mac_start.size());
    const auto bytes = line.starts_with(' ') ? from_base64_unpadded(line.substr(1)) : std::nullopt;
    if (!bytes || bytes->size() != mac.bytes.size())
        return bad_age_header("its last line does not hold a MAC");
    std::ranges::copy(*bytes, mac.bytes.begin());
    return mac;
}

}  // namespace

std::string age_header_before_mac(const std::vector<AgeStanza>& stanzas) {
    std::string text = std::string(version_line) + "\n";
    for (const AgeStanza& stanza : stanzas) {
        text += "->";
        for (const std::string& argument : stanza.arguments) text += " " + argument;
        text += "\n";
        const std::string body = base64_unpadded(stanza.body);
        // A body that fills its last line is followed by an empty line.
        for (std::size_t at = 0; at <= body.size(); at += columns)
            text += body.substr(at, columns) + "\n";
    }
    return text += mac_start;
}

std::string_view age_header_before_mac(std::string_view header) {
    return header.substr(0, header.rfind(mac_start) + mac_start.size());
}

std::string age_header_mac_text(const Sha256Digest& mac) {
    return " " + base64_unpadded(mac.bytes) + "\n";
}

Result<AgeHeader> parse_age_header(std::string_view header) {
    Lines lines(header);
    ZG_TRY(const std::string_view first, lines.next());
    ZG_CHECK(check_version(first));
    AgeHeader parsed;
    for (;;) {
        ZG_TRY(const std::string_view line, lines.next());
        if (line.starts_with(mac_start)) {
            if (parsed.stanzas.empty()) return bad_age_header("it has no stanza");
            ZG_TRY(parsed.mac, parse_mac(line));
            if (!lines.at_end()) return bad_age_header("there is more after its MAC");
            return parsed;
        }
        auto stanza = parse_stanza(line, lines);
        if (!stanza)
            return bad_age_header("stanza " + std::to_string(parsed.stanzas.size() + 1) + ": " +
                                  stanza.error().cause);
        parsed.stanzas.push_back(std::move(*stanza));
    }
}

Result<std::size_t> AgeHeaderReader::take(Bytes bytes) {
    std::string_view rest = as_text(bytes);
    while (!complete_ && !rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view piece = rest.substr(
            0, std::min(end == rest.npos ? rest.size() : end + 1, age_header_max - text_.size()));
        text_ += piece;
        rest.remove_prefix(piece.size());
        const std::size_t known = std::min(text_.size(), version_start.size());
        if (std::string_view(text_).substr(0, known) != version_start.substr(0, known))
            return no_age_file();
        if (text_.ends_with('\n')) {
            if (line_ == 0)
                ZG_CHECK(check_version(std::string_view(text_).substr(0, text_.size() - 1)));
            // No other line begins like this: a body has no '-', and a stanza's first line begins
            // with "->".
            complete_ = std::string_view(text_).substr(line_).starts_with(mac_start);
            line_ = text_.size();
        }
        if (!complete_ && text_.size() == age_header_max)
            return bad_age_header("it is longer than 1 MiB");
    }
    return bytes.size() - rest.size();
}

}  // namespace zg::codec
