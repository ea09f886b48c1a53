// Segments sealed on any number of threads are age files of exactly what was given, and their sizes
// are known beforehand.
#include "archive/write/sealer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/age/x25519.hpp"

namespace zg::archive {
namespace {

using namespace codec::testing;

class FailingSink final : public Sink {
  public:
    Result<void> write(Bytes bytes) override {
        if (bytes.size() > left)
            return fail({.kind = ErrorKind::io, .what = "a fault made by the test"});
        left -= bytes.size();
        return {};
    }
    std::size_t left = 3'000'000;
};

class SealerTest : public testing::TestWithParam<unsigned> {
  protected:
    /// Gives `plaintext` in pieces of up to `step` bytes, checks what the sealer says of its size,
    /// and opens what it gave.
    void seals(Sealer& sealer, Bytes plaintext, std::size_t step) {
        BufferSink out;
        std::uint64_t before = 0;
        for (std::size_t at = 0; at < plaintext.size();) {
            const std::size_t count = std::min(plaintext.size() - at, 1 + step_random() % step);
            ASSERT_TRUE(sealer.feed(plaintext.subspan(at, count), out));
            at += count;
            const std::uint64_t stored = out.buffer.size() + sealer.pending();
            EXPECT_GE(stored, before + count);
            before = stored;
        }
        ASSERT_TRUE(sealer.finish(out));
        EXPECT_EQ(sealer.pending(), 0U) << "no segment is open";
        if (!plaintext.empty()) {
            EXPECT_EQ(out.buffer.size(), before);
        }
        const Opened opened = open(out.buffer, keys);
        ASSERT_EQ(opened.cause(), "");
        EXPECT_TRUE(std::ranges::equal(opened.plaintext, plaintext));
    }

    codec::AgeIdentity identity = new_identity();
    codec::AgeKeys keys = keys_of(identity);
    codec::AgeRecipients recipients{.keys = {identity.recipient()}};
    SystemRandom random;
    std::mt19937 step_random{1};
};

TEST_P(SealerTest, OneSegmentAfterTheOtherOfAnySize) {
    Sealer sealer([this] { return codec::begin_age_file(recipients, random); }, GetParam());
    constexpr std::size_t chunk = codec::age_chunk_size;
    const Buffer all = noise(chunk * 7 * 16 + 12'345, 2);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 2 * chunk, 16 * chunk - 1,
          16 * chunk, 16 * chunk + 1, 17 * chunk, 32 * chunk, 33 * chunk + 5, all.size()}) {
        for (const std::size_t step : {std::size_t{70'000}, std::size_t{5'000'000}}) {
            SCOPED_TRACE(testing::Message() << size << " bytes, steps of up to " << step);
            seals(sealer, Bytes(all).first(size), step);
        }
    }
}

TEST_P(SealerTest, AFailureOfTheSinkIsReportedAndEndsInOrder) {
    Sealer sealer([this] { return codec::begin_age_file(recipients, random); }, GetParam());
    FailingSink sink;
    const Buffer piece = noise(500'000, 3);
    Result<void> done;
    for (int i = 0; i < 40 && done; ++i) done = sealer.feed(piece, sink);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::io);
}

INSTANTIATE_TEST_SUITE_P(Threads, SealerTest, testing::Values(0U, 1U, 2U, 5U));

}  // namespace
}  // namespace zg::archive
