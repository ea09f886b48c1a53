// Makes and opens age files for tests, in steps, and finds places in them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/age/age.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec::testing {

/// The key of the age project's test vectors.
inline constexpr const char* secret_key =
    "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

inline Buffer noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    Buffer bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

inline AgeIdentity new_identity() {
    SystemRandom random;
    return AgeIdentity::generate(random).value();
}

inline AgeKeys keys_of(const AgeIdentity& identity) { return {.identities = {identity}}; }

inline Buffer encrypt(Bytes bytes, const AgeIdentity& to,
                      std::size_t step = std::size_t{1} << 20U) {
    SystemRandom random;
    AgeEncoder encoder(begin_age_file(std::vector{to.recipient()}, random).value());
    Buffer out;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        EXPECT_TRUE(encoder.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), out));
    EXPECT_TRUE(encoder.finish(out));
    return out;
}

/// The decoder's output, and its result.
struct Opened {
    Buffer plaintext;
    Result<void> ended;
    /// The error's cause, or empty.
    [[nodiscard]] std::string cause() const { return ended ? std::string() : ended.error().cause; }
};

inline Opened open(Bytes file, const AgeKeys& keys, std::size_t step = 100'000) {
    AgeDecoder decoder(keys);
    BufferSink sink;
    Result<void> ended;
    for (std::size_t at = 0; at < file.size() && ended; at += step)
        ended = decoder.feed(file.subspan(at, std::min(step, file.size() - at)), sink);
    if (ended) ended = decoder.finish(sink);
    return {std::move(sink.buffer), std::move(ended)};
}

inline bool is_beginning(const Buffer& part, const Buffer& whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

/// Offset of the end of the header, where the nonce begins.
inline std::size_t end_of_header(Bytes file) {
    return as_text(file).find('\n', as_text(file).find("\n---") + 1) + 1;
}
/// Offset of the first chunk.
inline std::size_t payload_of(Bytes file) { return end_of_header(file) + age_nonce_size; }
/// Offset of the sealed chunk with number `index`.
inline std::size_t chunk_at(Bytes file, std::size_t index) {
    return payload_of(file) + index * age_sealed_chunk_size;
}

/// All fields of an error in one text.
inline std::string all_of(const Error& error) {
    return error.what + "|" + error.where + "|" + error.cause + "|" + error.hint;
}

}  // namespace zg::codec::testing
