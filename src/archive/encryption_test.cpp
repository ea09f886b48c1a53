// Whom an archive is encrypted to, how passphrases are distinguished, and what that takes.
#include "archive/encryption.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/x25519.hpp"

namespace zg::archive {
namespace {

TEST(Encryption, TellsItsOwnPassphraseFromAnother) {
    SystemRandom random;
    const Encryption encryption = Encryption::with(Secret("the right one"));
    const Buffer proof = encryption.passphrase_proof(random).value();
    EXPECT_TRUE(encryption.fits(proof).value());
    EXPECT_FALSE(Encryption::with(Secret("another one")).fits(proof).value());
}

TEST(Encryption, AProofThatIsNoneIsDamage) {
    const auto fits = Encryption::with(Secret("the right one")).fits({});
    ASSERT_FALSE(fits);
    EXPECT_EQ(fits.error().kind, ErrorKind::damage);
}

TEST(Encryption, RecipientsNeedNoProof) {
    SystemRandom random;
    const auto identity = codec::AgeIdentity::generate(random).value();
    const Encryption encryption = Encryption::to({identity.recipient().text()}).value();
    EXPECT_TRUE(encryption.passphrase_proof(random).value().empty());
    EXPECT_TRUE(encryption.fits({}).value());
}

}  // namespace
}  // namespace zg::archive
