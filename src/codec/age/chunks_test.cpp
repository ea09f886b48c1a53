#include "codec/age/chunks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/secret_bytes.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

SecretBytes<32> payload_key() {
    return SecretBytes<32>(std::span<const std::byte, 32>(noise(32, 1)));
}

TEST(AgeChunks, HaveKnownSealedSizes) {
    EXPECT_EQ(age_sealed_size(0), 16U);
    EXPECT_EQ(age_sealed_size(1), 17U);
    EXPECT_EQ(age_sealed_size(65'535), 65'551U);
    EXPECT_EQ(age_sealed_size(65'536), 65'552U);
    EXPECT_EQ(age_sealed_size(65'537), 65'569U);
    EXPECT_EQ(age_sealed_size(131'072), 131'104U);
    EXPECT_EQ(age_sealed_size(std::uint64_t{1} << 50U),
              (std::uint64_t{1} << 50U) + (std::uint64_t{1} << 34U) * 16);
}

TEST(AgeChunks, OfInvalidSizesAreNotSealed) {
    const AgeChunks chunks = AgeChunks::make(payload_key()).value();
    const auto sealed = [&](std::uint64_t index, bool last, std::size_t size) {
        Buffer out(size + ChaCha20Poly1305::tag_size);
        const auto done = chunks.seal(index, last, Buffer(size), out);
        EXPECT_TRUE(done || done.error().kind == ErrorKind::internal);
        return done.has_value();
    };
    EXPECT_TRUE(sealed(0, true, 0));
    EXPECT_FALSE(sealed(1, true, 0)) << "only an empty file has an empty chunk";
    EXPECT_FALSE(sealed(0, false, 0));
    EXPECT_TRUE(sealed(1, true, 1));
    EXPECT_TRUE(sealed(7, true, age_chunk_size));
    EXPECT_FALSE(sealed(7, true, age_chunk_size + 1));
    EXPECT_TRUE(sealed(7, false, age_chunk_size));
    EXPECT_FALSE(sealed(7, false, age_chunk_size - 1));
}

TEST(AgeChunks, CanBeSealedInPlace) {
    const AgeChunks chunks = AgeChunks::make(payload_key()).value();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{63}, age_chunk_size - 1, age_chunk_size}) {
        const Buffer plaintext = noise(size, 3);
        Buffer elsewhere(size + ChaCha20Poly1305::tag_size);
        ASSERT_TRUE(chunks.seal(0, true, plaintext, elsewhere));
        Buffer here = plaintext;
        here.resize(elsewhere.size());
        ASSERT_TRUE(chunks.seal(0, true, Bytes(here).first(size), here));
        EXPECT_EQ(here, elsewhere) << size;
    }
}

TEST(AgeChunks, InTheWrongPlaceGiveOnlyZeros) {
    const AgeChunks chunks = AgeChunks::make(payload_key()).value();
    const Buffer plaintext = noise(age_chunk_size, 2);
    Buffer sealed(age_sealed_chunk_size);
    ASSERT_TRUE(chunks.seal(100, false, plaintext, sealed));
    const auto cause = [&](std::uint64_t index, bool last, Bytes bytes) {
        Buffer out(bytes.size() < ChaCha20Poly1305::tag_size
                       ? 0
                       : bytes.size() - ChaCha20Poly1305::tag_size,
                   std::byte{9});
        const auto opened = chunks.open(index, last, bytes, out);
        EXPECT_EQ(opened.error().kind, ErrorKind::damage);
        EXPECT_EQ(out, Buffer(out.size())) << index;
        return opened.error().cause;
    };
    EXPECT_EQ(cause(100, true, sealed), "it ends too early, after chunk 101");
    EXPECT_EQ(cause(99, false, sealed), "chunk 101 is in the place of chunk 100");
    EXPECT_EQ(cause(99, true, sealed), "chunk 101 is in the place of chunk 100");
    EXPECT_EQ(cause(36, false, sealed), "chunk 101 is in the place of chunk 37");
    EXPECT_EQ(cause(1000, false, sealed), "chunk 1001 was changed");
    EXPECT_EQ(cause(100, false, Bytes(sealed).first(1000)), "chunk 101 has an invalid size");
    EXPECT_EQ(cause(100, true, Bytes(sealed).first(1000)),
              "chunk 101, the last, was changed, truncated or extended");
    EXPECT_EQ(cause(100, true, Bytes(sealed).first(16)), "its last chunk is empty");
    EXPECT_EQ(cause(100, true, Bytes(sealed).first(15)), "it ends too early, within chunk 101");
    EXPECT_EQ(cause(100, true, {}), "it ends too early, within chunk 101");
}

/// The counter has more than 32 bits.
TEST(AgeChunks, HaveIndexesOfMoreThan32Bits) {
    const AgeChunks chunks = AgeChunks::make(payload_key()).value();
    const Buffer plaintext = noise(age_chunk_size, 3);
    Buffer near(age_sealed_chunk_size);
    Buffer far(age_sealed_chunk_size);
    ASSERT_TRUE(chunks.seal(5, false, plaintext, near));
    ASSERT_TRUE(chunks.seal((std::uint64_t{1} << 32U) + 5, false, plaintext, far));
    EXPECT_NE(near, far);
    Buffer out(age_chunk_size);
    EXPECT_FALSE(chunks.open(5, false, far, out));
    EXPECT_TRUE(chunks.open((std::uint64_t{1} << 32U) + 5, false, far, out));
}

TEST(AgeChunks, AreSealedAndOpenedOnSeveralThreadsAtOnce) {
    const AgeChunks chunks = AgeChunks::make(payload_key()).value();
    constexpr std::size_t count = 24;
    const Buffer plaintext = noise(count * age_chunk_size, 4);
    const auto chunk = [&](std::size_t index) {
        return Bytes(plaintext).subspan(index * age_chunk_size, age_chunk_size);
    };
    const auto place = [](Buffer& sealed, std::size_t index) {
        return MutableBytes(sealed).subspan(index * age_sealed_chunk_size, age_sealed_chunk_size);
    };
    Buffer alone(count * age_sealed_chunk_size);
    for (std::size_t index = 0; index < count; ++index)
        ASSERT_TRUE(chunks.seal(index, index + 1 == count, chunk(index), place(alone, index)));
    Buffer together(alone.size());
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            Buffer out(age_chunk_size);
            for (std::size_t index = thread; index < count; index += 4) {
                EXPECT_TRUE(
                    chunks.seal(index, index + 1 == count, chunk(index), place(together, index)));
                EXPECT_TRUE(chunks.open(index, index + 1 == count, place(together, index), out));
                EXPECT_TRUE(std::ranges::equal(out, chunk(index)));
            }
        });
    threads.clear();
    EXPECT_EQ(together, alone);
}

}  // namespace
}  // namespace zg::codec
