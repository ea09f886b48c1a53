// Resuming in the middle: a checker behaves as if it had seen the beginning, and a rest is joined
// to it.
#include "stream/checkpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <random>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/splicer.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/rest.hpp"

namespace zg::stream {
namespace {

using testing::Builder;
using testing::packaged;
using testing::records_of;
using testing::rest_after;
using testing::Style;

Result<Buffer> spliced(Bytes beginning, Checkpoint place, Bytes rest, std::mt19937_64& random) {
    Splicer splicer(std::move(place));
    Buffer out(beginning.begin(), beginning.end());
    for (Bytes left = rest; !left.empty();) {
        const Bytes piece = left.first(std::min<std::size_t>(left.size(), 1 + random() % 700));
        ZG_CHECK(splicer.feed(piece, out));
        left = left.subspan(piece.size());
    }
    ZG_CHECK(splicer.finish(out));
    return out;
}

TEST(Checkpoint, ACheckerResumesAsIfItHadSeenTheBeginning) {
    const auto seed = std::random_device()();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 60; ++round) {
        const Buffer plain = testing::random_stream(
            random, {.order = round % 2 == 0 ? std::endian::little : std::endian::big,
                     .raw = round % 3 == 0});
        const Buffer stream = round % 4 == 0 ? packaged(plain) : plain;
        Checker whole;
        if (!whole.feed(stream)) continue;  // big-endian in a little-endian package
        for (const Record& record : records_of(stream)) {
            const std::size_t cut = record.position + record.size;
            Checker first;
            ASSERT_TRUE(first.feed(Bytes(stream).first(cut)));
            const auto place = first.checkpoint();
            if (!place) continue;
            EXPECT_EQ(place->position, cut);
            Checker second(*place);
            ASSERT_TRUE(second.feed(Bytes(stream).subspan(cut)))
                << "seed " << seed << " round " << round << " cut " << cut;
            ASSERT_TRUE(second.finish());
            EXPECT_EQ(second.summary().bytes, whole.summary().bytes);
            EXPECT_EQ(second.summary().records, whole.summary().records);
            EXPECT_EQ(second.summary().count_by_type, whole.summary().count_by_type);
            EXPECT_EQ(second.summary().end_checksum, whole.summary().end_checksum);
            EXPECT_EQ(second.summary().begins, whole.summary().begins);
            Buffer changed(stream.begin() + static_cast<std::ptrdiff_t>(cut), stream.end());
            changed[random() % changed.size()] ^= std::byte{4};
            Checker third(*place);
            const bool taken = third.feed(changed) && third.finish();
            EXPECT_FALSE(taken) << "seed " << seed << " round " << round << " cut " << cut;
        }
    }
}

TEST(Checkpoint, ExistsOnlyInASingleStreamWithChecksums) {
    const auto places = [](Bytes stream) {
        std::size_t count = 0;
        for (const Record& record : records_of(stream)) {
            Checker checker;
            EXPECT_TRUE(checker.feed(stream.first(record.position + record.size)));
            count += checker.checkpoint() ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(places(testing::package_of_two()),
              2U);  // in the first stream, before the second one is known
    EXPECT_EQ(
        places(Builder(Style{.own_checksums = false}).begin().object(1).write(1, 0).end().bytes()),
        1U);
    EXPECT_EQ(places(Builder().begin().object(1).write(1, 0).end().bytes()), 3U);
}

TEST(Splicer, JoinsARestFromAnyPlace) {
    const auto seed = std::random_device()();
    std::mt19937_64 random(seed);
    std::size_t cuts = 0;
    for (int round = 0; round < 80; ++round) {
        const Buffer plain = testing::random_stream(random, {.raw = round % 3 == 0});
        const Buffer stream = round % 2 == 0 ? packaged(plain) : plain;
        for (const Record& record : records_of(stream)) {
            const Bytes beginning = Bytes(stream).first(record.position + record.size);
            Checker checker;
            ASSERT_TRUE(checker.feed(beginning));
            const auto place = checker.checkpoint();
            if (!place || !place->resume_point) continue;
            const Buffer rest = rest_after(stream, *place, *place->resume_point);
            const auto whole = spliced(beginning, *place, rest, random);
            ASSERT_TRUE(whole) << whole.error().message() << " seed " << seed << " round " << round
                               << " record " << record.number;
            if (place->object_range.empty()) {
                ASSERT_EQ(*whole, stream)
                    << "seed " << seed << " round " << round << " record " << record.number;
            } else {
                ASSERT_EQ(records_of(*whole).size(), records_of(stream).size() + 1)
                    << "seed " << seed << " round " << round << " record " << record.number;
            }
            ++cuts;
            // Cut short, damaged, from another place, of another snapshot.
            EXPECT_FALSE(
                spliced(beginning, *place, Bytes(rest).first(random() % rest.size()), random));
            Buffer changed = rest;
            changed[random() % changed.size()] ^= std::byte{1};
            EXPECT_FALSE(spliced(beginning, *place, changed, random))
                << "seed " << seed << " round " << round;
            const auto elsewhere = spliced(
                beginning, *place,
                rest_after(stream, *place,
                           {place->resume_point->object, place->resume_point->offset + 512}),
                random);
            ASSERT_FALSE(elsewhere);
            EXPECT_EQ(elsewhere.error().kind, ErrorKind::conflict);
            Checkpoint other = *place;
            other.begins.back().to_guid += 1;
            EXPECT_EQ(spliced(beginning, other, rest, random).error().kind, ErrorKind::conflict);
        }
    }
    EXPECT_GT(cuts, 100U);
}

}  // namespace
}  // namespace zg::stream
