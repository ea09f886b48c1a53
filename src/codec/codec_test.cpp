#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/base64.hpp"
#include "codec/hex.hpp"
#include "codec/sha256.hpp"
#include "codec/zstd.hpp"

namespace zg::codec {
namespace {

Buffer noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    Buffer bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 7);
    return bytes;
}

Buffer encode(Bytes bytes, std::size_t step, int level = 3) {
    ZstdEncoder encoder(level);
    BufferSink out;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        EXPECT_TRUE(encoder.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), out));
    EXPECT_TRUE(encoder.finish(out));
    return std::move(out.buffer);
}

Result<Buffer> decode(Bytes bytes, std::size_t step) {
    ZstdDecoder decoder;
    BufferSink sink;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        ZG_CHECK(decoder.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), sink));
    ZG_CHECK(decoder.finish(sink));
    return std::move(sink.buffer);
}

TEST(Hex, RoundTripAndRefusal) {
    EXPECT_EQ(hex(as_bytes(std::string_view("\x00\xff\x1a", 3))), "00ff1a");
    EXPECT_EQ(unhex("00FF1a"), to_buffer(std::string_view("\x00\xff\x1a", 3)));
    EXPECT_FALSE(unhex("0"));
    EXPECT_FALSE(unhex("0g"));
}

// FIPS 180-4 examples.
TEST(Sha256, KnownValues) {
    EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256(as_bytes("abc")).hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex(),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PiecesGiveTheSameAndFinishRestarts) {
    const Buffer bytes = noise(1000, 1);
    Sha256 hash;
    for (std::size_t step = 1; step < 300; step += 37) {
        for (std::size_t at = 0; at < bytes.size(); at += step)
            hash.update(Bytes(bytes).subspan(at, std::min(step, bytes.size() - at)));
        EXPECT_EQ(hash.finish(), sha256(bytes)) << "step " << step;
    }
}

TEST(Zstd, EveryLengthInEveryStepIsDecodedAgain) {
    for (const std::size_t size :
         {0UL, 1UL, 127UL, 128UL, 131'071UL, 131'072UL, 131'073UL, 400'000UL}) {
        const Buffer bytes = noise(size, static_cast<unsigned>(size));
        for (const std::size_t step : {1UL, 7UL, 4096UL, 131'072UL, 1'000'000UL}) {
            if (step == 1 && size > 1000) continue;
            const Buffer frame = encode(bytes, step);
            const auto back = decode(frame, step);
            ASSERT_TRUE(back) << back.error().message();
            EXPECT_EQ(*back, bytes) << size << " by " << step;
        }
    }
}

TEST(Zstd, FrameHasAContentChecksum) {
    const Buffer frame = encode(noise(1000, 2), 1000);
    EXPECT_TRUE((std::to_integer<unsigned>(frame.at(4)) & 4U) != 0)
        << "Content_Checksum_flag of RFC 8878";
}

TEST(Zstd, AFrameOfCompleteData) {
    for (const std::size_t size : {0U, 1U, 1000U, 300'000U}) {
        const Buffer content = noise(size, 1);
        const auto frame = zstd_frame(content, 19);
        ASSERT_TRUE(frame);
        EXPECT_LE(frame->size(), encode(content, 1000, 19).size() + 3)
            << "it holds the length of the content";
        EXPECT_EQ(decode(*frame, 7), content);
        Buffer changed = *frame;
        changed.back() ^= std::byte{1};
        EXPECT_FALSE(decode(changed, changed.size()));
    }
}

std::uint64_t peak_memory() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) << 10U;
}

TEST(Zstd, AFrameOfSmallDataTakesLittleMemory) {
    const Buffer content = noise(1000, 1);
    const std::uint64_t before = peak_memory();
    ASSERT_TRUE(zstd_frame(content, 19));
    EXPECT_LT(peak_memory() - before, std::uint64_t{8} << 20U);
}

TEST(Zstd, EveryTruncationIsDetected) {
    const Buffer frame = encode(noise(3000, 3), 3000);
    for (std::size_t size = 0; size < frame.size(); ++size) {
        const auto back = decode(Bytes(frame).first(size), 1000);
        ASSERT_FALSE(back) << size;
        EXPECT_EQ(back.error().kind, ErrorKind::damage);
    }
}

TEST(Zstd, EveryFlippedBitOfTheFrameIsDetectedOrChangesNothing) {
    const Buffer bytes = noise(2000, 4);
    const Buffer frame = encode(bytes, 2000);
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
        Buffer bad = frame;
        bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        if (const auto back = decode(bad, 500)) {
            EXPECT_EQ(*back, bytes) << "bit " << bit;
        }
    }
}

TEST(Zstd, BytesAfterTheFrameAreRefused) {
    Buffer frame = encode(noise(100, 5), 100);
    const Buffer one = frame;
    frame.push_back(std::byte{0});
    EXPECT_FALSE(decode(frame, 1000));
    EXPECT_FALSE(decode(frame, 1));
    Buffer two = one;
    two.insert(two.end(), one.begin(), one.end());
    EXPECT_FALSE(decode(two, 1000)) << "a second frame";
}

// RFC 4648, section 10.
TEST(Base64, IsAsInTheRfc) {
    for (const auto& [plain, coded] :
         std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(base64(as_bytes(plain)), coded);
        EXPECT_EQ(from_base64(coded), to_buffer(plain));
    }
}

TEST(Base64, InvalidTextIsRefused) {
    for (const char* wrong :
         {"Z", "Zg", "Zg=", "Zh==", "Zm9v ", "====", "Zg==Zg==", "Z-_v", " Zg="})
        EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace zg::codec
