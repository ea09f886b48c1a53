// Properties that hold for every stream: the result does not depend on the pieces, and every change
// is detected.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream {
namespace {

/// Everything that a checker returns.
struct Outcome {
    std::string error;
    ErrorKind kind = ErrorKind::internal;
    std::uint64_t position = 0;
    std::uint64_t boundary = 0;
    std::uint64_t records = 0;
    std::vector<std::uint64_t> visited;
    codec::Fletcher4 running;
    bool complete = false;
    bool operator==(const Outcome&) const = default;
};

/// Feeds `stream` in pieces of the sizes that `next_size` returns.
template <class NextSize>
Outcome check(Bytes stream, NextSize next_size) {
    Outcome outcome;
    Checker checker([&](const Record& record) {
        outcome.visited.insert(outcome.visited.end(),
                               {record.number, record.position, record.size, record.object,
                                record.offset, record.length});
    });
    Result<void> result;
    for (Bytes rest = stream; result && !rest.empty();) {
        const std::size_t size = std::min<std::size_t>(rest.size(), next_size());
        // A copy, so that a sanitizer detects a read after its end.
        const std::unique_ptr<std::byte[]> piece(new std::byte[size]);
        std::ranges::copy(rest.first(size), piece.get());
        result = checker.feed({piece.get(), size});
        rest = rest.subspan(size);
    }
    outcome.complete = checker.complete();
    if (result) result = checker.finish();
    if (!result) {
        outcome.error = result.error().message();
        outcome.kind = result.error().kind;
    }
    outcome.position = checker.position();
    outcome.boundary = checker.boundary();
    outcome.records = checker.summary().records;
    outcome.running = checker.running_checksum();
    return outcome;
}

Outcome check(Bytes stream) {
    return check(stream, [&] { return stream.size(); });
}

bool is_good(Bytes stream) { return check(stream).error.empty(); }

struct Sample {
    std::string name;
    Buffer stream;
};

/// Small streams of every style.
std::vector<Sample> samples() {
    std::vector<Sample> all;
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        for (const auto& [own, raw] : {std::pair{true, false}, {true, true}, {false, false}}) {
            const testing::Style style{.order = order, .own_checksums = own, .raw = raw};
            const std::string name =
                std::string(order == std::endian::big ? "big-endian" : "little-endian") +
                (raw ? ", raw" : "") + (own ? "" : ", old");
            all.push_back({name, testing::every_type(style)});
            all.push_back({name + ", package", testing::package_of_two(style)});
        }
    }
    return all;
}

TEST(CheckerProperties, GoodStreamsAreAccepted) {
    for (const Sample& sample : samples()) {
        const Outcome outcome = check(sample.stream);
        EXPECT_EQ(outcome.error, "") << sample.name;
        EXPECT_TRUE(outcome.complete) << sample.name;
        EXPECT_EQ(outcome.boundary, sample.stream.size()) << sample.name;
        EXPECT_EQ(outcome.records, testing::places(sample.stream).size()) << sample.name;
    }
}

TEST(CheckerProperties, TheOtherByteOrderIsAccepted) {
    for (const Sample& sample : samples()) {
        const bool own = !sample.name.contains("old");
        const Buffer swapped = testing::with_bytes_swapped(sample.stream, own);
        EXPECT_EQ(check(swapped).error, "") << sample.name;
        EXPECT_EQ(testing::with_bytes_swapped(swapped, own), sample.stream) << sample.name;
    }
}

TEST(CheckerProperties, PiecesOfAnySizeGiveTheSameResult) {
    for (const Sample& sample : samples()) {
        const Outcome whole = check(sample.stream);
        for (std::size_t size = 1; size < 700; size += size < 20 ? 1 : 7)
            ASSERT_EQ(check(sample.stream, [=] { return size; }), whole)
                << sample.name << ", pieces of " << size;
        for (std::size_t at = 1; at < sample.stream.size(); ++at) {
            std::size_t size = at;
            ASSERT_EQ(
                check(sample.stream, [&] { return std::exchange(size, sample.stream.size()); }),
                whole)
                << sample.name << ", cut at " << at;
        }
    }
}

TEST(CheckerProperties, EveryFlippedBitIsDetected) {
    for (Sample& sample : samples()) {
        for (std::size_t bit = 0; bit < sample.stream.size() * 8; ++bit) {
            std::byte& byte = sample.stream[bit / 8];
            const auto mask = static_cast<std::byte>(1U << (bit % 8));
            byte ^= mask;
            ASSERT_FALSE(is_good(sample.stream))
                << sample.name << ", bit " << bit % 8 << " of byte " << bit / 8;
            byte ^= mask;
        }
    }
}

TEST(CheckerProperties, EveryTruncationIsDetected) {
    for (const Sample& sample : samples()) {
        for (std::size_t size = 0; size < sample.stream.size(); ++size) {
            const Outcome outcome = check(Bytes(sample.stream).first(size));
            ASSERT_EQ(outcome.kind, ErrorKind::damage) << sample.name << ", " << size << " bytes";
            ASSERT_FALSE(outcome.complete) << sample.name << ", " << size << " bytes";
            ASSERT_EQ(outcome.position, size) << sample.name;
        }
    }
}

TEST(CheckerProperties, EveryExtraByteIsDetected) {
    for (const Sample& sample : samples()) {
        for (const std::size_t extra : {1U, 16U, 311U, 312U, 313U, 1000U}) {
            Buffer longer = sample.stream;
            longer.resize(longer.size() + extra);
            const Outcome outcome = check(longer);
            EXPECT_EQ(outcome.kind, ErrorKind::damage) << sample.name;
            EXPECT_TRUE(outcome.error.contains("after the END")) << outcome.error;
            EXPECT_EQ(outcome.boundary, sample.stream.size());
        }
    }
}

/// `stream` with its records in the order of `order`.
Buffer rearranged(Bytes stream, const std::vector<testing::Place>& order) {
    Buffer result;
    for (const testing::Place& place : order)
        result.insert(result.end(), stream.begin() + static_cast<std::ptrdiff_t>(place.at),
                      stream.begin() + static_cast<std::ptrdiff_t>(place.at + place.size));
    return result;
}

TEST(CheckerProperties, EveryMissingDuplicateOrSwappedRecordIsDetected) {
    for (const Sample& sample : samples()) {
        const std::vector<testing::Place> places = testing::places(sample.stream);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            std::vector<testing::Place> missing = places;
            missing.erase(missing.begin() + at);
            EXPECT_FALSE(is_good(rearranged(sample.stream, missing)))
                << sample.name << ", without record " << i;
            std::vector<testing::Place> twice = places;
            twice.insert(twice.begin() + at, places[i]);
            EXPECT_FALSE(is_good(rearranged(sample.stream, twice)))
                << sample.name << ", record " << i << " twice";
            for (std::size_t j = i + 1; j < places.size(); ++j) {
                std::vector<testing::Place> swapped = places;
                std::swap(swapped[i], swapped[j]);
                const Buffer stream = rearranged(sample.stream, swapped);
                if (stream == sample.stream) continue;
                EXPECT_FALSE(is_good(stream))
                    << sample.name << ", records " << i << " and " << j << " swapped";
            }
        }
    }
}

class RandomStreams : public ::testing::Test {
  protected:
    testing::Style random_style() {
        const bool raw = random_() % 3 == 0;
        return {.order = random_() % 2 == 0 ? std::endian::little : std::endian::big,
                .own_checksums = raw || random_() % 3 != 0,
                .raw = raw};
    }
    std::uint64_t seed_ = std::random_device{}();
    ::testing::ScopedTrace trace_{__FILE__, __LINE__, ::testing::Message() << "seed " << seed_};
    std::mt19937_64 random_{seed_};
};

TEST_F(RandomStreams, AreAcceptedInPiecesOfAnySize) {
    for (int round = 0; round < 100; ++round) {
        const Buffer stream = testing::random_stream(random_, random_style());
        const Outcome whole = check(stream);
        ASSERT_EQ(whole.error, "");
        ASSERT_EQ(check(stream, [&] { return 1 + random_() % 1000; }), whole);
    }
}

// Garbled anywhere, then with correct checksums: whatever the outcome is, it does not depend on the
// pieces.
TEST_F(RandomStreams, GarbledWithGoodChecksumsGiveTheSameInPiecesOfAnySize) {
    for (int round = 0; round < 2000; ++round) {
        const testing::Style style = random_style();
        Buffer stream = testing::random_stream(random_, style, 10);
        for (std::uint64_t count = 1 + random_() % 3; count > 0; --count)
            stream[random_() % stream.size()] = static_cast<std::byte>(random_());
        testing::write_checksums(stream, style.own_checksums);
        ASSERT_EQ(check(stream, [&] { return 1 + random_() % 500; }), check(stream));
    }
}

TEST_F(RandomStreams, ArbitraryBytesAreRefused) {
    for (int round = 0; round < 500; ++round) {
        Buffer bytes(random_() % 2000);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_());
        ASSERT_EQ(check(bytes).kind, ErrorKind::damage);
    }
}

}  // namespace
}  // namespace zg::stream
