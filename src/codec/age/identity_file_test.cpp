#include "codec/age/identity_file.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

SystemRandom randomness;

TEST(AgeIdentityFile, IsReadAsAgeKeygenWritesIt) {
    const AgeIdentity identity = AgeIdentity::parse(secret_key).value();
    const Secret text = age_identity_file(identity, "2026-11-23T02:00:00Z");
    EXPECT_EQ(text.reveal(), "# created: 2026-11-23T02:00:00Z\n# public key: " +
                                 identity.recipient().text() + "\n" + secret_key + "\n");
    const auto read = read_age_identities(as_bytes(text.reveal()));
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front().recipient(), identity.recipient());
}

TEST(AgeIdentityFile, MayHaveSeveralKeysCommentsAndEmptyLines) {
    const AgeIdentity other = AgeIdentity::generate(randomness).value();
    const std::string text =
        std::string("# one\r\n\r\n") + secret_key + "\r\n\n# two\n" + other.text().reveal();
    const auto read = read_age_identities(as_bytes(text));
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->back().recipient(), other.recipient());
}

TEST(AgeIdentityFile, AnInvalidKeyIsRefusedByItsLineAndNotShown) {
    const std::string key = secret_key;
    for (const std::string& line : {key.substr(0, 70), key + "Q", std::string("age1notasecret"),
                                    std::string("AGE-PLUGIN-YUBIKEY-1QQQ"), "X" + key.substr(1)}) {
        const auto read = read_age_identities(as_bytes("# comment\n" + line + "\n"));
        ASSERT_FALSE(read) << line;
        EXPECT_EQ(read.error().message().find(line), std::string::npos) << read.error().message();
        EXPECT_NE((read.error().message() + read.error().cause).find("2"), std::string::npos)
            << read.error().message();
    }
    EXPECT_FALSE(read_age_identities(as_bytes("")));
    EXPECT_FALSE(read_age_identities(as_bytes("# nothing\n")));
}

TEST(AgeIdentityFile, AProtectedFileNeedsItsPassphrase) {
    const AgeIdentity identity = AgeIdentity::parse(secret_key).value();
    const std::string file =
        encrypt_age_identity_file(age_identity_file(identity, "2026-11-23T02:00:00Z"),
                                  Secret("open sesame"), randomness, 10)
            .value();
    EXPECT_EQ(file.find("SECRET-KEY"), std::string::npos);
    EXPECT_TRUE(is_age_identity_file_encrypted(as_bytes(file)));
    EXPECT_FALSE(is_age_identity_file_encrypted(as_bytes(secret_key)));
    EXPECT_EQ(read_age_identities(as_bytes(file)).error().kind, ErrorKind::refused);
    EXPECT_EQ(read_age_identities(as_bytes(file), Secret("close sesame")).error().kind,
              ErrorKind::refused);
    const auto read = read_age_identities(as_bytes(file), Secret("open sesame"));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->front().recipient(), identity.recipient());
    const Buffer unarmored = from_age_armor(file).value();
    EXPECT_TRUE(is_age_identity_file_encrypted(unarmored));
    EXPECT_TRUE(read_age_identities(unarmored, Secret("open sesame")));
}

TEST(AgeRecipient, IsReadBackAndAnythingElseIsRefusedAndNotShown) {
    const AgeIdentity identity = AgeIdentity::parse(secret_key).value();
    const std::string text = identity.recipient().text();
    EXPECT_EQ(AgeRecipient::parse(text).value(), identity.recipient());
    EXPECT_EQ(identity.text().reveal(), secret_key);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'q' ? 'p' : 'q';
        EXPECT_FALSE(AgeRecipient::parse(changed)) << i;
    }
    const auto secret = AgeRecipient::parse(secret_key);
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().message().find(secret_key), std::string::npos);
    EXPECT_FALSE(AgeRecipient::parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
}

/// Expects that the error does not contain six consecutive characters of the secret.
void expect_not_shown(const Error& error) {
    const std::string said = all_of(error);
    const std::string secret = std::string(secret_key).substr(16);
    for (std::size_t at = 0; at + 6 <= secret.size(); ++at)
        EXPECT_EQ(said.find(secret.substr(at, 6)), std::string::npos) << said;
}

/// Whatever is wrong with a key, no error contains its text.
TEST(AgeIdentityFile, NoErrorShowsTheSecret) {
    const std::string key = secret_key;
    std::vector<std::string> lines{" " + key,         key + " ",           key + key,
                                   key + " " + key,   "key: " + key,       "export AGE_KEY=" + key,
                                   "\"" + key + "\"", "-----BEGIN " + key, "AGE-PLUGIN-" + key};
    std::string lower = key;
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    lines.push_back(lower);
    for (std::size_t at = 0; at < key.size(); ++at) {
        if (at > 0) lines.push_back(key.substr(0, at));
        lines.push_back(key.substr(0, at) + (key[at] == 'Q' ? 'P' : 'Q') + key.substr(at + 1));
        lines.push_back(key.substr(0, at) + key.substr(at + 1));
        lines.push_back(key.substr(0, at) + "\xff" + key.substr(at));
    }
    for (const std::string& line : lines) {
        const auto read = read_age_identities(as_bytes("# comment\n" + line + "\n"));
        ASSERT_FALSE(read) << line;
        expect_not_shown(read.error());
        const auto parsed = AgeIdentity::parse(line);
        ASSERT_FALSE(parsed) << line;
        expect_not_shown(parsed.error());
        const auto recipient = AgeRecipient::parse(line);
        ASSERT_FALSE(recipient) << line;
        expect_not_shown(recipient.error());
    }
    expect_not_shown(AgeRecipient::parse(key).error());
}

TEST(AgeIdentityFile, AProtectedFileCanBeDamaged) {
    const AgeIdentity identity = AgeIdentity::parse(secret_key).value();
    const Secret phrase("open sesame");
    const std::string armored =
        encrypt_age_identity_file(age_identity_file(identity, "2026-11-23T02:00:00Z"), phrase,
                                  randomness, 4)
            .value();
    const Buffer file = from_age_armor(armored).value();
    for (std::size_t at = 0; at < file.size(); ++at) {
        Buffer changed = file;
        changed[at] ^= std::byte{1};
        const auto read = read_age_identities(changed, phrase, 10);
        ASSERT_FALSE(read) << at;
        expect_not_shown(read.error());
        EXPECT_FALSE(read_age_identities(Bytes(file).first(at), phrase)) << at;
    }
    for (std::size_t at = 0; at + 2 < armored.size(); ++at)
        EXPECT_FALSE(read_age_identities(as_bytes(armored.substr(0, at)), phrase)) << at;
    EXPECT_EQ(read_age_identities(file, phrase, 3).error().kind, ErrorKind::unsupported);
}

TEST(AgeIdentityFile, AnEncryptedFileCanHoldSomethingElse) {
    const Secret phrase("open sesame");
    const auto sealed = [&](const std::string& text) {
        return encrypt_age_identity_file(Secret(text), phrase, randomness, 4).value();
    };
    EXPECT_EQ(read_age_identities(as_bytes(sealed("")), phrase).error().what,
              "there is no identity in the identity file");
    EXPECT_EQ(read_age_identities(as_bytes(sealed("# none\n")), phrase).error().kind,
              ErrorKind::usage);
    const auto cut = read_age_identities(
        as_bytes(sealed("# one\n" + std::string(secret_key).substr(0, 60))), phrase);
    EXPECT_EQ(cut.error().what,
              "line 2 of the identity file is not an identity: mistyped or truncated");
    expect_not_shown(cut.error());
    // An identity file that is itself encrypted to a key: there is nothing to open it with.
    const Buffer to_key = encrypt(as_bytes(secret_key), new_identity());
    EXPECT_EQ(read_age_identities(to_key, phrase).error().kind, ErrorKind::refused);
    EXPECT_EQ(encrypt_age_identity_file(Secret(secret_key), Secret(""), randomness).error().kind,
              ErrorKind::usage);
    // An encrypted file within an encrypted file is not opened.
    EXPECT_FALSE(read_age_identities(as_bytes(sealed(sealed(secret_key))), phrase));
}

TEST(AgeIdentityFile, AnIdentityOfAnotherTypeIsUnsupported) {
    for (const std::string line : {"AGE-PLUGIN-YUBIKEY-1QQQ", "AGE-SECRET-KEY-PQ-1QQQ",
                                   "-----BEGIN OPENSSH PRIVATE KEY-----"}) {
        const auto read =
            read_age_identities(as_bytes(std::string(secret_key) + "\n" + line + "\n"));
        ASSERT_FALSE(read) << line;
        EXPECT_EQ(read.error().kind, ErrorKind::unsupported);
        EXPECT_EQ(read.error().what,
                  "line 2 of the identity file is a key of a type that is not supported");
    }
}

}  // namespace
}  // namespace zg::codec
