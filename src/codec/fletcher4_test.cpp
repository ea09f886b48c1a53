#include "codec/fletcher4.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "base/bytes.hpp"

namespace zg::codec {
namespace {

Fletcher4 plainly(Bytes bytes, std::endian order) {
    Fletcher4 sums;
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
        sums.a += load_int<std::uint32_t>(bytes, at, order);
        sums.b += sums.a;
        sums.c += sums.b;
        sums.d += sums.c;
    }
    return sums;
}

Buffer random_bytes(std::mt19937_64& random, std::size_t size) {
    Buffer bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

constexpr std::endian orders[] = {std::endian::little, std::endian::big};

TEST(Fletcher4, OfNoBytesIsZero) {
    Fletcher4 sums;
    sums.update({}, std::endian::little);
    EXPECT_EQ(sums, Fletcher4{});
}

TEST(Fletcher4, OfOneTwoThree) {
    for (const std::endian order : orders) {
        Buffer bytes(12);
        for (std::uint32_t i = 0; i < 3; ++i) store_int(bytes, std::size_t{i} * 4, i + 1, order);
        Fletcher4 sums;
        sums.update(bytes, order);
        EXPECT_EQ(sums, (Fletcher4{6, 10, 15, 21}));
    }
}

// Every count of words around the width of a lane and the length of a run, at every alignment.
TEST(Fletcher4, IsTheSameAsOfThePlainLoop) {
    std::mt19937_64 random(1);
    const Buffer bytes = random_bytes(random, 3 * 65536 + 64);
    std::vector<std::size_t> counts;
    for (std::size_t n = 0; n < 70; ++n) counts.push_back(n);
    for (std::size_t n = 16384 - 5; n < 16384 + 6; ++n) counts.push_back(n);
    counts.push_back(3 * 16384 + 3);
    for (const std::endian order : orders) {
        for (const std::size_t count : counts) {
            const Bytes piece = Bytes(bytes).subspan(count % 5, count * 4);
            Fletcher4 fast;
            Fletcher4 portable;
            fast.update(piece, order);
            portable.update_portably(piece, order);
            const Fletcher4 expected = plainly(piece, order);
            ASSERT_EQ(fast, expected) << count;
            ASSERT_EQ(portable, expected) << count;
        }
    }
}

// The largest words make every sum overflow 64 bits as early as possible.
TEST(Fletcher4, WrapsAsThePlainLoopDoes) {
    const Buffer bytes(std::size_t{4} << 20U, std::byte{0xff});
    Fletcher4 sums;
    sums.update(bytes, std::endian::little);
    EXPECT_EQ(sums, plainly(bytes, std::endian::little));
}

TEST(Fletcher4, IsTheSameInPiecesOfAnySize) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 100; ++round) {
        const Buffer bytes = random_bytes(random, random() % 2000 * 4);
        const std::endian order = orders[random() % 2];
        Fletcher4 sums;
        for (Bytes rest = bytes; !rest.empty();) {
            const std::size_t size = std::min<std::size_t>(rest.size(), random() % 300 * 4);
            sums.update(rest.first(size), order);
            rest = rest.subspan(size);
        }
        ASSERT_EQ(sums, plainly(bytes, order));
    }
}

}  // namespace
}  // namespace zg::codec
