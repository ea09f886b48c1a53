#include "codec/age/age.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/age/x25519.hpp"

namespace zg::codec {
namespace {

using namespace codec::testing;

SystemRandom randomness;

TEST(Age, EverySizeInEveryStepIsDecryptedAgain) {
    const AgeIdentity key = new_identity();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, age_chunk_size - 1, age_chunk_size, age_chunk_size + 1,
          2 * age_chunk_size, 3 * age_chunk_size + 7}) {
        const Buffer plaintext = noise(size, 1);
        for (const std::size_t step : {std::size_t{1}, std::size_t{4096}, age_chunk_size - 1,
                                       age_chunk_size, age_chunk_size + 1, std::size_t{1} << 20U}) {
            if (step == 1 && size > 70'000) continue;
            const Buffer file = encrypt(plaintext, key, step);
            EXPECT_EQ(file.size(), payload_of(file) + age_sealed_size(size));
            const Opened opened = open(file, keys_of(key), step);
            EXPECT_TRUE(opened.ended) << size << " in " << step;
            EXPECT_EQ(opened.plaintext, plaintext) << size << " in " << step;
        }
    }
}

TEST(Age, EachOfSeveralRecipientsCanOpenIt) {
    const std::vector<AgeIdentity> owners{new_identity(), new_identity(), new_identity()};
    std::vector<AgeRecipient> recipients;
    for (const AgeIdentity& owner : owners) recipients.push_back(owner.recipient());
    const Buffer plaintext = noise(1000, 5);
    const Buffer file =
        age_encrypt(plaintext, begin_age_file(recipients, randomness).value()).value();
    for (const AgeIdentity& owner : owners)
        EXPECT_EQ(open(file, keys_of(owner)).plaintext, plaintext);
    const Opened stranger = open(file, keys_of(new_identity()));
    ASSERT_FALSE(stranger.ended);
    EXPECT_EQ(stranger.ended.error().kind, ErrorKind::refused);
    EXPECT_FALSE(stranger.ended.error().hint.empty());
    EXPECT_EQ(open(file, {}).ended.error().kind, ErrorKind::refused);
    EXPECT_EQ(begin_age_file(std::vector<AgeRecipient>{}, randomness).error().kind,
              ErrorKind::usage);
}

TEST(Age, APassphraseOpensItsFile) {
    const Buffer plaintext = noise(1000, 6);
    const Buffer file =
        age_encrypt(plaintext, begin_age_file(Secret("correct horse"), randomness, 10).value())
            .value();
    EXPECT_EQ(open(file, {.passphrase = Secret("correct horse")}).plaintext, plaintext);
    EXPECT_EQ(open(file, {.passphrase = Secret("correct mouse")}).ended.error().kind,
              ErrorKind::refused);
    EXPECT_EQ(open(file, keys_of(new_identity())).ended.error().kind, ErrorKind::refused);
    EXPECT_EQ(open(file, {.passphrase = Secret("correct horse"), .work_factor_limit = 9})
                  .ended.error()
                  .kind,
              ErrorKind::unsupported);
    EXPECT_EQ(begin_age_file(Secret(""), randomness).error().kind, ErrorKind::usage);
}

TEST(Age, TwoFilesOfTheSameDataHaveNothingInCommon) {
    const AgeIdentity key = new_identity();
    const Buffer plaintext(age_chunk_size, std::byte{0});
    const Buffer one = encrypt(plaintext, key);
    const Buffer other = encrypt(plaintext, key);
    EXPECT_FALSE(std::equal(one.end() - 100, one.end(), other.end() - 100));
}

TEST(Age, AnErrorOfTheSinkIsReturnedAndKept) {
    class Refusing final : public Sink {
      public:
        Result<void> write(Bytes) override {
            return fail({.kind = ErrorKind::io, .what = "the disk is gone"});
        }
    };
    const AgeIdentity key = new_identity();
    const AgeKeys keys = keys_of(key);
    const Buffer file = encrypt(noise(3 * age_chunk_size, 7), key);
    AgeDecoder decoder(keys);
    Refusing sink;
    EXPECT_EQ(decoder.feed(file, sink).error().what, "the disk is gone");
    EXPECT_EQ(decoder.finish(sink).error().what, "the disk is gone");
}

/// Random pieces and random damage: the output is always a prefix of the plaintext, and all of it
/// only if nothing was changed.
TEST(Age, AfterAnyChangeOnlyAPrefixIsDecrypted) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    const AgeIdentity key = new_identity();
    for (int round = 0; round < 60; ++round) {
        const Buffer plaintext =
            noise(random() % (4 * age_chunk_size), static_cast<unsigned>(round));
        Buffer file = encrypt(plaintext, key, 1 + random() % 200'000);
        const bool changed = random() % 4 != 0;
        const std::size_t at = random() % file.size();
        const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
        if (changed) {
            switch (random() % 4) {
                case 0:
                    file[at] ^= std::byte{0x10};
                    break;
                case 1:
                    file.erase(place);
                    break;
                case 2:
                    file.insert(place, std::byte{7});
                    break;
                default:
                    file.resize(at);
            }
        }
        const Opened opened = open(file, keys_of(key), 1 + random() % 200'000);
        ASSERT_EQ(opened.ended.has_value(), !changed) << "seed " << seed << " round " << round;
        ASSERT_TRUE(is_beginning(opened.plaintext, plaintext))
            << "seed " << seed << " round " << round;
        if (!changed) {
            ASSERT_EQ(opened.plaintext, plaintext) << "seed " << seed << " round " << round;
        }
    }
}

}  // namespace
}  // namespace zg::codec
