// The header of an age file, as text. Source: C2SP age.md, "Header".
// It has one stanza for each recipient that the file key is wrapped for, and ends with a MAC keyed
// with the file key. Parsing is strict, so that no two headers mean the same: writing a parsed
// header gives the same text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace zg::codec {

/// One recipient's wrapping of the file key.
struct AgeStanza {
    /// the first is the recipient's type; at least one, each of printable characters other than
    /// blanks
    std::vector<std::string> arguments;
    Buffer body;
};

struct AgeHeader {
    std::vector<AgeStanza> stanzas;  ///< at least one
    Sha256Digest mac;
};

/// A header of more bytes is refused; one with 5000 recipients is smaller.
inline constexpr std::size_t age_header_max = std::size_t{1} << 20U;

/// The text that the MAC is made of: all of the header up to and with "---".
std::string age_header_before_mac(const std::vector<AgeStanza>& stanzas);
std::string_view age_header_before_mac(std::string_view header);
/// The rest of the last line after that text.
std::string age_header_mac_text(const Sha256Digest& mac);

/// Parses the whole header, from the version to the end of the MAC's line. damage if it is invalid;
/// unsupported if it is of another version. Does not check the MAC, which needs the file key.
Result<AgeHeader> parse_age_header(std::string_view header);

/// Finds the end of the header in bytes given in pieces. One thread at a time.
class AgeHeaderReader {
  public:
    /// Takes the bytes that belong to the header from the beginning of `bytes`; returns their
    /// number. Takes none once the header is complete. damage as soon as it is clear that this is
    /// not an age file, and after `age_header_max` bytes.
    Result<std::size_t> take(Bytes bytes);
    [[nodiscard]] bool complete() const { return complete_; }
    /// What was taken, for parse_age_header().
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::size_t line_ = 0;  // where in text_ the last line begins
    bool complete_ = false;
};

}  // namespace zg::codec
