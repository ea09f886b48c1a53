#include "codec/age/chunks.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/error.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

namespace {

// How far around a chunk in the wrong place its right place is searched.
constexpr std::uint64_t neighbours = 64;

ChaCha20Poly1305::Nonce nonce_of(std::uint64_t index, bool last) {
    ChaCha20Poly1305::Nonce nonce{};
    // A counter of 11 bytes, whose first three stay zero, and a flag.
    store_int(nonce, 3, index, std::endian::big);
    nonce.back() = last ? std::byte{1} : std::byte{0};
    return nonce;
}

bool is_size_of_chunk(std::uint64_t index, bool last, std::size_t plaintext) {
    if (!last) return plaintext == age_chunk_size;
    return plaintext <= age_chunk_size && (plaintext > 0 || index == 0);
}

// Messages count from 1.
std::string numbered(std::uint64_t index) { return "chunk " + std::to_string(index + 1); }

}  // namespace

std::uint64_t age_sealed_size(std::uint64_t plaintext) {
    const std::uint64_t chunks = std::max<std::uint64_t>(
        1, plaintext / age_chunk_size + (plaintext % age_chunk_size == 0 ? 0 : 1));
    return plaintext + chunks * ChaCha20Poly1305::tag_size;
}

Result<AgeChunks> AgeChunks::make(const SecretBytes<32>& payload_key) {
    ZG_TRY(ChaCha20Poly1305 cipher, ChaCha20Poly1305::make(payload_key));
    return AgeChunks(std::move(cipher));
}

Result<void> AgeChunks::seal(std::uint64_t index, bool last, Bytes plaintext,
                             MutableBytes out) const {
    if (!is_size_of_chunk(index, last, plaintext.size()))
        return fail(
            {.kind = ErrorKind::internal, .what = "a chunk of an age file has an invalid size"});
    return cipher_.seal(nonce_of(index, last), plaintext, out);
}

Result<void> AgeChunks::open(std::uint64_t index, bool last, Bytes sealed, MutableBytes out) const {
    constexpr std::size_t tag = ChaCha20Poly1305::tag_size;
    if (sealed.size() < tag || !is_size_of_chunk(index, last, sealed.size() - tag)) {
        wipe(out);
        if (sealed.size() < tag)
            return bad_age_payload("it ends too early, within " + numbered(index));
        return bad_age_payload(last && sealed.size() == tag
                                   ? "its last chunk is empty"
                                   : numbered(index) + " has an invalid size");
    }
    ZG_TRY(const bool fits, cipher_.open(nonce_of(index, last), sealed, out));
    if (fits) return {};
    ZG_TRY(std::string cause, why_not(index, last, sealed, out));
    return bad_age_payload(std::move(cause));
}

Result<std::string> AgeChunks::why_not(std::uint64_t index, bool last, Bytes sealed,
                                       MutableBytes scratch) const {
    const auto is_that_of = [&](std::uint64_t place, bool as_last) -> Result<bool> {
        ZG_TRY(const bool fits, cipher_.open(nonce_of(place, as_last), sealed, scratch));
        if (fits) wipe(scratch);
        return fits;
    };
    ZG_TRY(const bool otherwise, is_that_of(index, !last));
    if (otherwise)
        return last ? "it ends too early, after " + numbered(index)
                    : "there is more after its last chunk, " + numbered(index);
    const std::uint64_t first = index - std::min(index, neighbours);
    for (std::uint64_t place = first; place <= index + neighbours; ++place) {
        for (const bool as_last : {false, true}) {
            ZG_TRY(const bool found, is_that_of(place, as_last));
            if (found) return numbered(place) + " is in the place of " + numbered(index);
        }
    }
    // Only the next chunk or the end of the file shows where a chunk ends.
    return numbered(index) +
           (last ? ", the last, was changed, truncated or extended" : " was changed");
}

}  // namespace zg::codec
