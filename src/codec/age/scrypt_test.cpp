// The passphrase stanzas that a header may have.
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/age.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/testing/age_files.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

const std::string salt(22, 'A');
const std::string body(43, 'A');

std::string header(const std::string& stanzas) {
    return "age-encryption.org/v1\n" + stanzas + "--- " + std::string(43, 'A') + "\n";
}
std::string stanza(const std::string& arguments, const std::string& with_body = body) {
    return "-> scrypt" + arguments + "\n" + with_body + "\n";
}

Error refusal(const std::string& stanzas,
              const AgeKeys& keys = {.passphrase = Secret("open sesame")}) {
    const auto opened = open_age_file(header(stanzas), Buffer(age_nonce_size), keys);
    EXPECT_FALSE(opened) << stanzas;
    return opened ? Error{} : opened.error();
}

TEST(AgeScrypt, AnInvalidStanzaIsDamage) {
    const auto cause = [](const std::string& stanzas) {
        const Error error = refusal(stanzas);
        EXPECT_EQ(error.kind, ErrorKind::damage) << stanzas;
        return error.cause;
    };
    EXPECT_EQ(cause(stanza("")), "a scrypt stanza has three arguments");
    EXPECT_EQ(cause(stanza(" " + salt)), "a scrypt stanza has three arguments");
    EXPECT_EQ(cause(stanza(" " + salt + " 10 10")), "a scrypt stanza has three arguments");
    for (const std::string& wrong :
         {salt.substr(1), salt + "A", salt.substr(2), salt + "==", salt.substr(1) + "B"})
        EXPECT_EQ(cause(stanza(" " + wrong + " 10")), "a scrypt stanza has a salt of 16 bytes")
            << wrong;
    for (const std::string wrong : {"0", "010", "+10", "-10", "0x10", "10a", "a10", "1e1", "10."})
        EXPECT_EQ(cause(stanza(" " + salt + " " + wrong)),
                  "a scrypt stanza has a work factor in decimal")
            << wrong;
    EXPECT_EQ(cause(stanza(" " + salt + " 10", body.substr(1))),
              "a scrypt stanza has a body of 32 bytes");
    EXPECT_EQ(cause(stanza(" " + salt + " 10", std::string(64, 'A') + "\n")),
              "a scrypt stanza has a body of 32 bytes");
    const std::string only = "a scrypt stanza must be the only one";
    EXPECT_EQ(cause(stanza(" " + salt + " 10") + stanza(" " + salt + " 10")), only);
    EXPECT_EQ(cause(stanza(" " + salt + " 10") + "-> grease\n\n"), only);
    EXPECT_EQ(cause("-> grease\n\n" + stanza(" " + salt + " 10")), only);
}

/// Nothing is derived: the factors would take more memory than available.
TEST(AgeScrypt, MoreWorkThanAllowedIsNotTried) {
    for (const std::string factor :
         {"23", "30", "31", "255", "4294967296", "99999999999999999999999999"}) {
        const Error error = refusal(stanza(" " + salt + " " + factor));
        EXPECT_EQ(error.kind, ErrorKind::unsupported) << factor;
        EXPECT_EQ(error.cause, "work factor " + factor.substr(0, 10) + ", allowed up to 22");
    }
    const Error error =
        refusal(stanza(" " + salt + " 31"), {.passphrase = Secret("x"), .work_factor_limit = 99});
    EXPECT_EQ(error.cause, "work factor 31, allowed up to 30");
    EXPECT_EQ(
        refusal(stanza(" " + salt + " 5"), {.passphrase = Secret("x"), .work_factor_limit = 4})
            .kind,
        ErrorKind::unsupported);
}

TEST(AgeScrypt, WithoutAPassphraseOrWithAWrongOneItIsRefused) {
    const Error none = refusal(stanza(" " + salt + " 30"), keys_of(new_identity()));
    EXPECT_EQ(none.kind, ErrorKind::refused);
    EXPECT_EQ(none.what, "the age file is protected by a passphrase, but none was given");
    const Error other = refusal(stanza(" " + salt + " 4"));
    EXPECT_EQ(other.kind, ErrorKind::refused);
    EXPECT_EQ(other.what, "wrong passphrase for the age file");
    EXPECT_EQ(all_of(other).find("sesame"), std::string::npos);
    // Its type is in lower case; other types are not for a passphrase.
    EXPECT_EQ(refusal("-> SCRYPT " + salt + " 4\n" + body + "\n").what,
              "the age file is encrypted, but no identity was given");
}

TEST(AgeScrypt, EveryInvalidWorkFactorIsRefused) {
    SystemRandom random;
    for (const unsigned factor : {0U, 31U, ~0U})
        EXPECT_EQ(begin_age_file(Secret("x"), random, factor).error().kind, ErrorKind::usage);
    for (const unsigned factor : {1U, 2U, 12U}) {
        const Buffer file =
            age_encrypt(as_bytes("a word"), begin_age_file(Secret("x"), random, factor).value())
                .value();
        EXPECT_NE(as_text(file).find(" " + std::to_string(factor) + "\n"), std::string::npos);
        EXPECT_EQ(open(file, {.passphrase = Secret("x"), .work_factor_limit = factor}).plaintext,
                  to_buffer("a word"));
    }
}

TEST(AgeScrypt, PassphrasesMayHaveAnyBytes) {
    SystemRandom random;
    for (const std::string& phrase :
         {std::string(" "), std::string("p\xc3\xa4ss"), std::string("a\0b", 3),
          std::string(5000, 'x'), std::string("line\n")}) {
        const Buffer file =
            age_encrypt(as_bytes("a word"), begin_age_file(Secret(phrase), random, 4).value())
                .value();
        EXPECT_TRUE(open(file, {.passphrase = Secret(phrase)}).ended);
        EXPECT_FALSE(open(file, {.passphrase = Secret(phrase + "x")}).ended);
        EXPECT_FALSE(open(file, {.passphrase = Secret(phrase.substr(1))}).ended);
    }
}

}  // namespace
}  // namespace zg::codec
