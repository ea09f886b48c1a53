// HKDF, HMAC, X25519 and ChaCha20-Poly1305 against their RFCs, and with invalid input.
#include "codec/key_derivation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/age/x25519.hpp"
#include "codec/base64.hpp"
#include "codec/chacha20_poly1305.hpp"
#include "codec/hex.hpp"
#include "codec/secret_bytes.hpp"
#include "codec/x25519.hpp"

namespace zg::codec {
namespace {

SecretBytes<32> key_of(const std::string& digits) {
    const Buffer bytes = unhex(digits).value();
    SecretBytes<32> key;
    std::ranges::copy(bytes, key.fill().begin());
    return key;
}

X25519Point point_of(const std::string& digits) {
    X25519Point point{};
    std::ranges::copy(unhex(digits).value(), point.begin());
    return point;
}

// RFC 5869, A.1 and A.3: the first 32 bytes of the results.
TEST(KeyDerivation, HkdfIsAsInTheRfc) {
    const Buffer secret(22, std::byte{0x0b});
    const Buffer info = unhex("f0f1f2f3f4f5f6f7f8f9").value();
    EXPECT_EQ(hex(hkdf_sha256(secret, unhex("000102030405060708090a0b0c").value(), as_text(info))
                      ->reveal()),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    EXPECT_EQ(hex(hkdf_sha256(secret, {}, "")->reveal()),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// RFC 4231, 4.3; HMAC itself fills a short key with zero bytes.
TEST(KeyDerivation, HmacIsAsInTheRfc) {
    EXPECT_EQ(hmac_sha256(key_of("4a656665"), as_bytes("what do ya want for nothing?"))->hex(),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyDerivation, ScryptRefusesAnInvalidWorkFactor) {
    for (const unsigned factor : {0U, 31U, ~0U})
        EXPECT_EQ(scrypt(Secret("x"), {}, factor).error().kind, ErrorKind::internal);
    const auto one = scrypt(Secret("x"), as_bytes("salt"), 4);
    const auto other = scrypt(Secret("x"), as_bytes("salt"), 5);
    ASSERT_TRUE(one && other);
    EXPECT_NE(hex(one->reveal()), hex(other->reveal()));
}

TEST(KeyDerivation, ComparesBytesOfOneSize) {
    EXPECT_TRUE(equal_in_constant_time(as_bytes("ab"), as_bytes("ab")));
    EXPECT_TRUE(equal_in_constant_time({}, {}));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("ac")));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("abc")));
}

// RFC 7748, 6.1.
TEST(X25519, IsAsInTheRfc) {
    const auto alice = key_of("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    const auto bob = key_of("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    EXPECT_EQ(hex(x25519_public(alice).value()),
              "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    EXPECT_EQ(hex(x25519_public(bob).value()),
              "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const char* shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    EXPECT_EQ(hex(x25519_shared(alice, x25519_public(bob).value()).value()->reveal()), shared);
    EXPECT_EQ(hex(x25519_shared(bob, x25519_public(alice).value()).value()->reveal()), shared);
}

// The points of order 1, 2, 4 and 8, and other encodings of them (RFC 7748, section 6.1 and 7).
TEST(X25519, APointOfLowOrderIsNotAKey) {
    const std::string all_f(58, 'f');
    SystemRandom random;
    const AgeIdentity identity = AgeIdentity::generate(random).value();
    const AgeFileKey file_key;
    for (const std::string& digits :
         {std::string(64, '0'), "01" + std::string(62, '0'),
          std::string("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
          std::string("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
          "ecffff" + all_f.substr(2) + "7f", "edffff" + all_f.substr(2) + "7f",
          "eeffff" + all_f.substr(2) + "7f"}) {
        const X25519Point point = point_of(digits);
        const auto shared = x25519_shared(
            key_of("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"), point);
        ASSERT_TRUE(shared) << digits;
        EXPECT_FALSE(shared->has_value()) << digits;
        EXPECT_EQ(AgeRecipient(point).wrap(file_key, random).error().kind, ErrorKind::usage)
            << digits;
        AgeStanza stanza = identity.recipient().wrap(file_key, random).value();
        stanza.arguments[1] = base64_unpadded(point);
        const auto unwrapped = identity.unwrap(stanza);
        ASSERT_FALSE(unwrapped) << digits;
        EXPECT_EQ(unwrapped.error().kind, ErrorKind::damage);
        EXPECT_NE(unwrapped.error().cause.find("low order"), std::string::npos);
    }
}

TEST(ChaCha20Poly1305, MismatchedInputGivesOnlyZeros) {
    const auto cipher = ChaCha20Poly1305::make(key_of("01")).value();
    const auto other = ChaCha20Poly1305::make(key_of("02")).value();
    const Buffer plaintext = to_buffer("a word or two");
    Buffer sealed(plaintext.size() + ChaCha20Poly1305::tag_size);
    ASSERT_TRUE(cipher.seal({}, plaintext, sealed));
    Buffer out(plaintext.size());
    EXPECT_TRUE(cipher.open({}, sealed, out).value());
    EXPECT_EQ(out, plaintext);
    const Buffer zeros(plaintext.size());
    EXPECT_FALSE(other.open({}, sealed, out).value());
    EXPECT_EQ(out, zeros);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Buffer changed = sealed;
        changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        std::ranges::fill(out, std::byte{7});
        EXPECT_FALSE(cipher.open({}, changed, out).value()) << bit;
        EXPECT_EQ(out, zeros) << bit;
    }
    EXPECT_FALSE(cipher.open({std::byte{1}}, sealed, out).value()) << "another nonce";
}

TEST(ChaCha20Poly1305, BuffersOfOtherSizesAreRefused) {
    const auto cipher = ChaCha20Poly1305::make({}).value();
    Buffer plaintext(10);
    for (const std::size_t size : {0U, 10U, 15U, 25U, 27U}) {
        Buffer sealed(size);
        EXPECT_EQ(cipher.seal({}, plaintext, sealed).error().kind, ErrorKind::internal) << size;
        EXPECT_EQ(cipher.open({}, sealed, plaintext).error().kind, ErrorKind::internal) << size;
    }
}

}  // namespace
}  // namespace zg::codec
