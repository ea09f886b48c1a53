#include "codec/age/bech32.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>

#include "base/bytes.hpp"
#include "codec/hex.hpp"

namespace zg::codec {
namespace {

// The examples of BIP 173 that encode whole bytes.
TEST(Bech32, ReadsAndWritesTheExamplesOfTheBip) {
    for (const std::string text :
         {"A12UEL5L", "a12uel5l",
          "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5t"
          "gs",
          "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
          "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc824"
          "7j",
          "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"}) {
        const auto decoded = from_bech32(text);
        ASSERT_TRUE(decoded) << text;
        EXPECT_EQ(decoded->prefix, text.substr(0, text.rfind('1')));
        EXPECT_EQ(bech32(decoded->prefix, decoded->bytes).reveal(), text);
    }
    EXPECT_EQ(hex(from_bech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")->bytes),
              "00443214c74254b635cf84653a56d7c675be77df");
}

TEST(Bech32, RefusesTheInvalidExamplesOfTheBip) {
    for (const std::string text :
         {" 1nwldj5",
          "\x7f"
          "1axkwrx",
          "\x80"
          "1eym55h",
          "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569"
          "pvx",
          "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff", "A1G7SGD8",
          "10a06t8", "1qzzfhee", "a12UEL5L", "A12uEL5L", "", "1", "a1"})
        EXPECT_FALSE(from_bech32(text)) << text;
}

TEST(Bech32, EverySizeIsDecodedAgainInEitherCase) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    for (std::size_t size = 0; size < 200; ++size) {
        Buffer bytes(size);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
        for (const char* prefix : {"age", "AGE-SECRET-KEY-", "1"}) {
            const auto decoded = from_bech32(bech32(prefix, bytes).reveal());
            ASSERT_TRUE(decoded) << size << " seed " << seed;
            EXPECT_EQ(decoded->prefix, prefix);
            EXPECT_TRUE(std::ranges::equal(decoded->bytes, bytes)) << size << " seed " << seed;
        }
    }
}

// BIP 173 promises this for texts of up to 90 characters.
TEST(Bech32, OneOrTwoChangedCharactersAreDetected) {
    const std::string alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const std::string text = bech32("age", Buffer(32, std::byte{0x5c})).reveal();
    std::mt19937 random(173);
    for (std::size_t at = 4; at < text.size(); ++at) {
        for (const char c : alphabet) {
            if (text[at] == c) continue;
            std::string changed = text;
            changed[at] = c;
            EXPECT_FALSE(from_bech32(changed)) << changed;
            const std::size_t other = 4 + random() % (text.size() - 4);
            changed[other] = alphabet[random() % alphabet.size()];
            if (changed != text) {
                EXPECT_FALSE(from_bech32(changed)) << changed;
            }
        }
        EXPECT_FALSE(from_bech32(text.substr(0, at)));
    }
}

TEST(Bech32, LeftoverBitsMustBeZeroAndFewerThanFive) {
    // Each has a good checksum over its values of five bits.
    EXPECT_EQ(from_bech32("a1qqqd87cq")->bytes.size(), 1U)
        << "two values: 8 bits, and two that are zero";
    for (const char* text :
         {"a1qpamnt9j", "a1qzngxatd", "a1q3g6mn3", "a1qqqd87cpp", "a1qqqqqqqqqvgade4"})
        EXPECT_FALSE(from_bech32(text)) << text;
}

}  // namespace
}  // namespace zg::codec
