// Age files that were changed, truncated, reordered or extended: each is refused with the right
// cause, and nothing of the damaged chunk and those after it is written.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/age.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

/// A file of three chunks, the last of `last` bytes.
class AgeDamage : public ::testing::Test {
  protected:
    void make(std::size_t last) {
        plaintext = noise(2 * age_chunk_size + last, 2);
        file = encrypt(plaintext, key);
    }
    [[nodiscard]] std::string text() const { return std::string(as_text(file)); }

    /// Opens `changed` in large and in small steps; expects an error after exactly `chunks` good
    /// chunks.
    Error refused(const Buffer& changed, std::size_t chunks) const {
        Opened opened = open(changed, keys_of(key));
        EXPECT_FALSE(opened.ended);
        if (opened.ended) return {};
        EXPECT_EQ(opened.plaintext.size(), chunks * age_chunk_size)
            << opened.ended.error().message();
        EXPECT_TRUE(is_beginning(opened.plaintext, plaintext));
        const Opened in_steps = open(changed, keys_of(key), 7919);
        EXPECT_EQ(in_steps.plaintext, opened.plaintext);
        EXPECT_FALSE(in_steps.ended);
        if (!in_steps.ended) {
            EXPECT_EQ(in_steps.ended.error().message(), opened.ended.error().message());
        }
        return opened.ended.error();
    }
    Error refused(const std::string& changed) const { return refused(to_buffer(changed), 0); }

    [[nodiscard]] Buffer flipped(std::size_t at) const {
        Buffer changed = file;
        changed[at] ^= std::byte{0x20};
        return changed;
    }
    [[nodiscard]] std::string with(std::size_t at, char c) const {
        std::string changed = text();
        changed[at] = changed[at] == c ? 'B' : c;
        return changed;
    }
    [[nodiscard]] Buffer cut(std::size_t size) const {
        return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)};
    }
    [[nodiscard]] Buffer chunk(std::size_t index) const {
        const std::size_t end = std::min(chunk_at(file, index + 1), file.size());
        return {file.begin() + static_cast<std::ptrdiff_t>(chunk_at(file, index)),
                file.begin() + static_cast<std::ptrdiff_t>(end)};
    }
    /// Header and nonce, and these chunks.
    [[nodiscard]] Buffer of(const std::vector<Buffer>& chunks) const {
        Buffer made = cut(payload_of(file));
        for (const Buffer& one : chunks) made.insert(made.end(), one.begin(), one.end());
        return made;
    }

    AgeIdentity key = new_identity();
    Buffer plaintext;
    Buffer file;
};

TEST_F(AgeDamage, OfTheHeader) {
    make(99);
    const std::size_t share = text().find("X25519 ") + 7;
    const std::size_t body = text().find('\n', share) + 1;
    const std::size_t mac = text().find("--- ") + 4;
    EXPECT_EQ(refused(with(0, 'b')).cause, "an age file does not begin like this");
    EXPECT_EQ(refused(with(20, '2')).what,
              "the age file is of version v2, but only v1 is supported");
    EXPECT_EQ(refused(with(text().find("->"), '=')).cause,
              "stanza 1: it does not begin with \"-> \"");
    EXPECT_EQ(refused(with(share, '*')).cause, "an X25519 stanza has a share of 32 bytes");
    EXPECT_EQ(
        refused(with(body, '*')).cause,
        "stanza 1: its body is not base64 in lines of 64 columns with a shorter one at the end");
    EXPECT_EQ(refused(with(mac, '*')).cause, "its last line does not hold a MAC");
    EXPECT_EQ(refused(with(mac, 'A')).cause, "its MAC does not match: it was changed");
    // It might be for somebody else.
    for (const Error& error :
         {refused(with(share, 'A')), refused(with(body, 'A')), refused(with(share - 2, 'Y'))}) {
        EXPECT_EQ(error.kind, ErrorKind::refused);
        EXPECT_EQ(error.what, "this key does not open the data: it was encrypted to another key");
    }
    std::string grease = text();
    grease.insert(text().find("->"), "-> grease\n\n");
    EXPECT_EQ(refused(grease).cause, "its MAC does not match: it was changed");
}

TEST_F(AgeDamage, AFlippedBitOfThePayload) {
    make(99);
    for (const std::size_t at : {end_of_header(file), payload_of(file) - 1})
        EXPECT_EQ(refused(flipped(at), 0).cause, "chunk 1 was changed") << "nonce";
    for (const std::size_t index : {std::size_t{0}, std::size_t{1}}) {
        const std::string cause = "chunk " + std::to_string(index + 1) + " was changed";
        for (const std::size_t at :
             {std::size_t{0}, age_chunk_size - 1, age_chunk_size, age_sealed_chunk_size - 1})
            EXPECT_EQ(refused(flipped(chunk_at(file, index) + at), index).cause, cause) << at;
    }
    for (const std::size_t at :
         {chunk_at(file, 2), chunk_at(file, 2) + 98, chunk_at(file, 2) + 99, file.size() - 1})
        EXPECT_EQ(refused(flipped(at), 2).cause,
                  "chunk 3, the last, was changed, truncated or extended")
            << at;
}

TEST_F(AgeDamage, AFlippedBitIsDetectedBeforeItsChunkIsWritten) {
    make(99);
    const std::size_t payload = payload_of(file);
    std::mt19937 random(2026);
    for (std::size_t at = 0; at < file.size(); at += at < payload ? 1 : 1 + random() % 3000) {
        Buffer changed = file;
        changed[at] ^= static_cast<std::byte>(1U << random() % 8);
        const Opened opened = open(changed, keys_of(key));
        ASSERT_FALSE(opened.ended) << at;
        const ErrorKind kind = opened.ended.error().kind;
        EXPECT_TRUE(kind == ErrorKind::damage || (at < payload && (kind == ErrorKind::refused ||
                                                                   kind == ErrorKind::unsupported)))
            << at;
        const std::size_t good =
            at < payload ? 0 : (at - payload) / age_sealed_chunk_size * age_chunk_size;
        EXPECT_EQ(opened.plaintext.size(), good) << at;
        EXPECT_TRUE(is_beginning(opened.plaintext, plaintext)) << at;
    }
}

TEST_F(AgeDamage, ACutInTheHeaderOrTheNonce) {
    make(99);
    for (std::size_t size = 0; size < payload_of(file); ++size) {
        const Error error = refused(cut(size), 0);
        EXPECT_EQ(error.what, "the header of the age file is damaged") << size;
        EXPECT_EQ(error.cause,
                  size < end_of_header(file) ? "it ends too early" : "the file ends after it")
            << size;
    }
}

TEST_F(AgeDamage, ACutInThePayload) {
    for (const std::size_t last : {std::size_t{99}, age_chunk_size}) {
        make(last);
        const std::string changed = ", the last, was changed, truncated or extended";
        for (std::size_t index = 0; index < 3; ++index) {
            const std::string number = std::to_string(index + 1);
            const auto cause_at = [&](std::size_t at) {
                return refused(cut(chunk_at(file, index) + at), index).cause;
            };
            // At the edge, the previous chunk becomes the last, and was not sealed as the last.
            if (index > 0) {
                EXPECT_EQ(refused(cut(chunk_at(file, index)), index - 1).cause,
                          "it ends too early, after chunk " + std::to_string(index));
            } else {
                EXPECT_EQ(cause_at(0), "it ends too early, within chunk 1");
            }
            EXPECT_EQ(cause_at(1), "it ends too early, within chunk " + number);
            EXPECT_EQ(cause_at(15), "it ends too early, within chunk " + number);
            EXPECT_EQ(cause_at(16), index == 0 ? "chunk 1" + changed : "its last chunk is empty");
            EXPECT_EQ(cause_at(17), "chunk " + number + changed);
            EXPECT_EQ(cause_at(100), "chunk " + number + changed);
            if (index < 2) {
                EXPECT_EQ(cause_at(age_sealed_chunk_size - 1), "chunk " + number + changed);
            }
        }
        EXPECT_EQ(refused(cut(file.size() - 1), 2).cause, "chunk 3" + changed);
    }
}

TEST_F(AgeDamage, ChunksInAnotherOrder) {
    make(age_chunk_size);
    EXPECT_EQ(refused(of({chunk(1), chunk(0), chunk(2)}), 0).cause,
              "chunk 2 is in the place of chunk 1");
    EXPECT_EQ(refused(of({chunk(0), chunk(2), chunk(1)}), 1).cause,
              "chunk 3 is in the place of chunk 2");
    EXPECT_EQ(refused(of({chunk(0), chunk(0), chunk(1), chunk(2)}), 1).cause,
              "chunk 1 is in the place of chunk 2");
    EXPECT_EQ(refused(of({chunk(0), chunk(1), chunk(2), chunk(2)}), 2).cause,
              "there is more after its last chunk, chunk 3");
    EXPECT_EQ(refused(of({chunk(1), chunk(2)}), 0).cause, "chunk 2 is in the place of chunk 1");
    EXPECT_EQ(refused(of({chunk(0), chunk(2)}), 1).cause, "chunk 3 is in the place of chunk 2");
    EXPECT_EQ(refused(of({chunk(2)}), 0).cause, "chunk 3 is in the place of chunk 1");
}

TEST_F(AgeDamage, ChunksOfAnotherFile) {
    make(99);
    const Buffer first = file;
    const Buffer alien = chunk(1);
    file = encrypt(plaintext, key);
    EXPECT_EQ(refused(of({chunk(0), alien, chunk(2)}), 1).cause, "chunk 2 was changed");
    // One file's header and nonce, and the other's chunks.
    Buffer mixed(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(payload_of(first)));
    mixed.insert(mixed.end(), file.begin() + static_cast<std::ptrdiff_t>(payload_of(file)),
                 file.end());
    EXPECT_EQ(refused(mixed, 0).cause, "chunk 1 was changed");
}

TEST_F(AgeDamage, MoreAfterTheEnd) {
    for (const std::size_t more : {std::size_t{1}, std::size_t{16}, std::size_t{17},
                                   age_sealed_chunk_size, 3 * age_sealed_chunk_size}) {
        make(age_chunk_size);
        const Buffer rest(more, std::byte{0});
        EXPECT_EQ(refused(of({chunk(0), chunk(1), chunk(2), rest}), 2).cause,
                  "there is more after its last chunk, chunk 3")
            << more;
        make(99);
        // A short last chunk continues in the bytes after it.
        const bool fills = 99 + 16 + more > age_sealed_chunk_size;
        EXPECT_EQ(
            refused(of({chunk(0), chunk(1), chunk(2), rest}), 2).cause,
            fills ? "chunk 3 was changed" : "chunk 3, the last, was changed, truncated or extended")
            << more;
    }
    make(age_chunk_size);
    Buffer twice = file;
    twice.insert(twice.end(), file.begin(), file.end());
    EXPECT_EQ(refused(twice, 2).cause, "there is more after its last chunk, chunk 3");
}

TEST_F(AgeDamage, AnEmptyFileThatIsNot) {
    plaintext = {};
    file = encrypt(plaintext, key);
    EXPECT_TRUE(open(file, keys_of(key)).ended);
    EXPECT_EQ(refused(flipped(file.size() - 1), 0).cause,
              "chunk 1, the last, was changed, truncated or extended");
    EXPECT_EQ(refused(cut(file.size() - 1), 0).cause, "it ends too early, within chunk 1");
    EXPECT_EQ(refused(of({chunk(0), Buffer(1)}), 0).cause,
              "chunk 1, the last, was changed, truncated or extended");
    // Two empty chunks: 32 bytes read as one chunk of 16.
    EXPECT_EQ(refused(of({chunk(0), chunk(0)}), 0).cause,
              "chunk 1, the last, was changed, truncated or extended");
}

TEST_F(AgeDamage, AfterAnErrorEveryCallReturnsItAgain) {
    make(99);
    const AgeKeys keys = keys_of(key);
    AgeDecoder decoder(keys);
    BufferSink sink;
    const auto first = decoder.feed(flipped(chunk_at(file, 0)), sink);
    ASSERT_FALSE(first);
    EXPECT_EQ(decoder.feed(file, sink).error().message(), first.error().message());
    EXPECT_EQ(decoder.finish(sink).error().message(), first.error().message());
    EXPECT_TRUE(sink.buffer.empty());
}

}  // namespace
}  // namespace zg::codec
