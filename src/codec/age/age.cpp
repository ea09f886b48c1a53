#include "codec/age/age.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/error.hpp"
#include "codec/age/file.hpp"
#include "codec/age/header.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {

// A chunk is sealed when a byte after it has arrived, since only then it is known not to be the
// last.
struct AgeEncoder::State {
    AgeFile file;
    bool begun = false;
    std::uint64_t index = 0;
    SecretBuffer waiting;

    void begin(Buffer& out) {
        if (!begun) out.insert(out.end(), file.bytes.begin(), file.bytes.end());
        begun = true;
    }

    Result<void> seal(bool last, Bytes plaintext, Buffer& out) {
        const std::size_t used = out.size();
        out.resize(used + plaintext.size() + ChaCha20Poly1305::tag_size);
        return file.chunks.seal(index++, last, plaintext, MutableBytes(out).subspan(used));
    }

    /// Moves into `waiting` as much of `bytes` as fits.
    void fill(Bytes& bytes) {
        const Bytes taken = bytes.first(std::min(bytes.size(), age_chunk_size - waiting.size()));
        waiting.insert(waiting.end(), taken.begin(), taken.end());
        bytes = bytes.subspan(taken.size());
    }
};

AgeEncoder::AgeEncoder(AgeFile file) : state_(std::make_unique<State>(std::move(file))) {
    state_->waiting.reserve(age_chunk_size);
}
AgeEncoder::~AgeEncoder() = default;
AgeEncoder::AgeEncoder(AgeEncoder&&) noexcept = default;
AgeEncoder& AgeEncoder::operator=(AgeEncoder&&) noexcept = default;

Result<void> AgeEncoder::feed(Bytes bytes, Buffer& out) {
    State& state = *state_;
    state.begin(out);
    if (!state.waiting.empty()) {
        state.fill(bytes);
        if (bytes.empty()) return {};
        ZG_CHECK(state.seal(false, state.waiting, out));
        state.waiting.clear();
    }
    // Whole chunks are not copied.
    for (; bytes.size() > age_chunk_size; bytes = bytes.subspan(age_chunk_size))
        ZG_CHECK(state.seal(false, bytes.first(age_chunk_size), out));
    state.fill(bytes);
    return {};
}

Result<void> AgeEncoder::finish(Buffer& out) {
    state_->begin(out);
    return state_->seal(true, state_->waiting, out);
}

Result<Buffer> age_encrypt(Bytes bytes, AgeFile file) {
    Buffer out;
    out.reserve(file.bytes.size() + age_sealed_size(bytes.size()));
    AgeEncoder encoder(std::move(file));
    ZG_CHECK(encoder.feed(bytes, out));
    ZG_CHECK(encoder.finish(out));
    return out;
}

// The input has three stages: header, nonce, chunks. A sealed chunk is opened as one in the middle
// when a byte after it has arrived, else as the last.
struct AgeDecoder::State {
    const AgeKeys& keys;
    AgeHeaderReader header{};
    Buffer nonce{};
    std::optional<AgeChunks> chunks{};
    std::uint64_t index = 0;
    Buffer waiting{};
    SecretBuffer plaintext{};
    std::optional<Error> error{};

    Result<void> take_beginning(Bytes& bytes) {
        ZG_TRY(const std::size_t taken, header.take(bytes));
        bytes = bytes.subspan(taken);
        if (!header.complete()) return {};
        move_up_to(age_nonce_size, bytes, nonce);
        if (nonce.size() < age_nonce_size) return {};
        ZG_TRY(AgeChunks opened, open_age_file(header.text(), nonce, keys));
        chunks.emplace(std::move(opened));
        waiting.reserve(age_sealed_chunk_size);
        plaintext.resize(age_chunk_size);
        return {};
    }

    Result<void> open(bool last, Bytes sealed, Sink& out) {
        const std::size_t size =
            sealed.size() - std::min(sealed.size(), ChaCha20Poly1305::tag_size);
        const MutableBytes into = MutableBytes(plaintext).first(size);
        ZG_CHECK(chunks->open(index++, last, sealed, into));
        return into.empty() ? Result<void>{} : out.write(into);
    }

    Result<void> take_chunks(Bytes bytes, Sink& out) {
        if (!waiting.empty()) {
            move_up_to(age_sealed_chunk_size, bytes, waiting);
            if (bytes.empty()) return {};
            ZG_CHECK(open(false, waiting, out));
            waiting.clear();
        }
        // Whole chunks are not copied.
        for (; bytes.size() > age_sealed_chunk_size; bytes = bytes.subspan(age_sealed_chunk_size))
            ZG_CHECK(open(false, bytes.first(age_sealed_chunk_size), out));
        move_up_to(age_sealed_chunk_size, bytes, waiting);
        return {};
    }

    Result<void> take(Bytes bytes, Sink& out) {
        if (!chunks) ZG_CHECK(take_beginning(bytes));
        return chunks ? take_chunks(bytes, out) : Result<void>{};
    }

    Result<void> end(Sink& out) {
        if (!chunks)
            return bad_age_header(header.complete() ? "the file ends after it"
                                                    : "it ends too early");
        return open(true, waiting, out);
    }

    /// Keeps the error for later calls.
    Result<void> kept(Result<void> result) {
        if (!result) error = result.error();
        return result;
    }

    static void move_up_to(std::size_t size, Bytes& bytes, Buffer& into) {
        const Bytes taken = bytes.first(std::min(bytes.size(), size - into.size()));
        into.insert(into.end(), taken.begin(), taken.end());
        bytes = bytes.subspan(taken.size());
    }
};

AgeDecoder::AgeDecoder(const AgeKeys& keys) : state_(new State{.keys = keys}) {}
AgeDecoder::~AgeDecoder() = default;
AgeDecoder::AgeDecoder(AgeDecoder&&) noexcept = default;
AgeDecoder& AgeDecoder::operator=(AgeDecoder&&) noexcept = default;

Result<void> AgeDecoder::feed(Bytes bytes, Sink& out) {
    if (state_->error) return fail(*state_->error);
    return state_->kept(state_->take(bytes, out));
}

Result<void> AgeDecoder::finish(Sink& out) {
    if (state_->error) return fail(*state_->error);
    return state_->kept(state_->end(out));
}

}  // namespace zg::codec
