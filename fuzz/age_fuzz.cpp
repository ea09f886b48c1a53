// Anyone who can write to a store can replace age files and keys by anything. Any input must not
// crash; the result must not depend on the pieces; accepted input must be what we would have
// written; and of a valid file that was changed, only a prefix of the plaintext may be written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "age_fixture.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/age.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/bech32.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/age/identity_file.hpp"
#include "codec/age/x25519.hpp"

namespace {

using zg::Buffer;
using zg::Bytes;
using zg::fuzz::Act;
namespace codec = zg::codec;

constexpr std::size_t preamble = 3;

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

struct Outcome {
    Buffer plaintext;
    std::string error;
    bool operator==(const Outcome&) const = default;
};

Outcome open(Bytes file, const codec::AgeKeys& keys, std::size_t first, std::size_t others) {
    codec::AgeDecoder decoder(keys);
    zg::BufferSink out;
    zg::Result<void> result;
    for (std::size_t size = first; result && !file.empty(); size = others) {
        const Bytes piece = file.first(std::min(size, file.size()));
        result = decoder.feed(piece, out);
        file = file.subspan(piece.size());
    }
    if (result) result = decoder.finish(out);
    return {std::move(out.buffer), result ? std::string() : result.error().message()};
}

void try_open(Bytes file, std::size_t first, std::size_t others) {
    static const codec::AgeKeys keys = zg::fuzz::keys();
    const Outcome whole = open(file, keys, file.size() + 1, 1);
    require(open(file, keys, first, others) == whole, "the result does not depend on the pieces");
    if (!whole.error.empty()) return;
    const std::size_t header = zg::as_text(file).find("\n--- ") + 5 + 43 + 1;
    require(file.size() ==
                header + codec::age_nonce_size + codec::age_sealed_size(whole.plaintext.size()),
            "a valid file has nothing left over");
}

void try_header(Bytes text) {
    codec::AgeHeaderReader reader;
    const auto taken = reader.take(text);
    const auto parsed = codec::parse_age_header(zg::as_text(text));
    if (!parsed) return;
    require(
        codec::age_header_before_mac(parsed->stanzas) + codec::age_header_mac_text(parsed->mac) ==
            zg::as_text(text),
        "writing a parsed header gives the same text");
    require(text.size() > codec::age_header_max ||
                (taken && *taken == text.size() && reader.complete()),
            "the reader finds the end of a header that parses");
}

void try_identities(Bytes file) {
    const auto identities = codec::read_age_identities(file, zg::fuzz::passphrase(), 3);
    if (!identities) return;
    require(!identities->empty(), "there is an identity");
    for (const codec::AgeIdentity& identity : *identities) {
        const auto again = codec::AgeIdentity::parse(identity.text().reveal());
        require(again && again->recipient() == identity.recipient(), "an identity is read back");
        if (!codec::is_age_identity_file_encrypted(file))
            require(zg::as_text(file).find(identity.text().reveal()) != std::string_view::npos,
                    "an identity is in its file");
    }
}

void try_bech32(std::string_view text) {
    if (const auto decoded = codec::from_bech32(text))
        require(codec::bech32(decoded->prefix, decoded->bytes).reveal() == text,
                "Bech32 has one form for each value");
    if (const auto recipient = codec::AgeRecipient::parse(text))
        require(recipient->text() == text, "a recipient has one form");
    if (const auto identity = codec::AgeIdentity::parse(text))
        require(identity->text().reveal() == text, "an identity has one form");
}

void try_armor(std::string_view text) {
    const auto bytes = codec::from_age_armor(text);
    if (!bytes) return;
    require(codec::is_age_armor(text), "armor that can be decoded is recognized as armor");
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] != '\r' || !text.substr(at + 1).starts_with('\n')) plain += text[at];
    const std::string_view white_space = " \t\r\n";
    plain.erase(plain.find_last_not_of(white_space) + 1);
    plain.erase(0, plain.find_first_not_of(white_space));
    require(codec::age_armor(*bytes) == plain + "\n",
            "armor has one form except for its line ends");
}

/// Each six bytes are a change to a valid file: what to do, how much, and where.
void try_damage(Bytes edits, std::size_t first, std::size_t others) {
    static const codec::AgeKeys keys = zg::fuzz::keys();
    static const Buffer plaintext = zg::fuzz::plaintext(2 * codec::age_chunk_size + 1000);
    static const Buffer sound = zg::fuzz::file_to_identity(plaintext.size());
    Buffer file = sound;
    for (; edits.size() >= 6 && !file.empty(); edits = edits.subspan(6)) {
        const auto from = file.begin() + static_cast<std::ptrdiff_t>(
                                             zg::load_int<std::uint32_t>(edits, 2) % file.size());
        const auto size = std::min(static_cast<std::ptrdiff_t>(edits[1]) *
                                           (std::to_integer<unsigned>(edits[0]) >= 0x80 ? 272 : 1) +
                                       1,
                                   file.end() - from);
        switch (std::to_integer<unsigned>(edits[0]) % 4) {
            case 0:
                *from ^= edits[1];
                break;
            case 1:
                file.erase(from, from + size);
                break;
            case 2:
                file.insert(from, static_cast<std::size_t>(size), edits[1]);
                break;
            default: {
                const Buffer copied(from, from + size);
                file.insert(from + size, copied.begin(), copied.end());
            }
        }
    }
    const Outcome outcome = open(file, keys, first * 257, others * 257);
    require(outcome.plaintext.size() <= plaintext.size() &&
                std::equal(outcome.plaintext.begin(), outcome.plaintext.end(), plaintext.begin()),
            "only a prefix is written");
    require(outcome.error.empty() == (file == sound), "exactly changed files are refused");
    require(!outcome.error.empty() || outcome.plaintext == plaintext, "everything is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < preamble) return 0;
    const Bytes input = std::as_bytes(std::span(data + preamble, size - preamble));
    const std::size_t first = std::size_t{data[1]} + 1;
    const std::size_t others = std::size_t{data[2]} + 1;
    switch (static_cast<Act>(data[0] % static_cast<unsigned>(Act::count))) {
        case Act::open:
            try_open(input, first, others);
            break;
        case Act::header:
            try_header(input);
            break;
        case Act::identities:
            try_identities(input);
            break;
        case Act::bech32:
            try_bech32(zg::as_text(input));
            break;
        case Act::armor:
            try_armor(zg::as_text(input));
            break;
        default:
            try_damage(input, first, others);
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// With a corrected MAC, changed headers reach the code after the MAC check.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size < preamble || seed % 4 == 0 ||
        data[0] % static_cast<unsigned>(Act::count) != static_cast<unsigned>(Act::open))
        return size;
    const Bytes file = std::as_bytes(std::span(data + preamble, size - preamble));
    codec::AgeHeaderReader reader;
    const auto taken = reader.take(file);
    if (!taken || !reader.complete()) return size;
    const auto parsed = codec::parse_age_header(reader.text());
    if (!parsed) return size;
    const auto header = codec::write_age_header(parsed->stanzas, zg::fuzz::file_key());
    // Writing a parsed header gives the same text, so the new header has the old one's size.
    if (header && header->size() == *taken)
        std::memcpy(data + preamble, header->data(), header->size());
    return size;
}
