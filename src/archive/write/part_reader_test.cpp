// What PartReader gives for streams, segments and parts of many sizes: the same bytes, cut where
// they may be cut.
#include "archive/write/part_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "archive/write/checked_input.hpp"
#include "archive/write/segment_book.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "flow/buffer_pool.hpp"
#include "stream/checker.hpp"
#include "stream/testing/builder.hpp"

namespace zg::archive {
namespace {

/// Gives as many bytes at a time as a pipe might.
class Drips final : public Source {
  public:
    Drips(Bytes bytes, std::size_t most, unsigned seed)
        : rest_(bytes), most_(most), random_(seed) {}
    Result<std::size_t> read(MutableBytes into) override {
        const std::size_t count = std::min({into.size(), rest_.size(), 1 + random_() % most_});
        std::ranges::copy(rest_.first(count), into.begin());
        rest_ = rest_.subspan(count);
        return count;
    }

  private:
    Bytes rest_;
    std::size_t most_;
    std::mt19937 random_;
};

Buffer a_stream(std::mt19937& random, unsigned writes) {
    stream::testing::Builder builder;
    builder.begin(4711, 0);
    for (unsigned i = 1; i <= writes; ++i) builder.object(i).write(i, 0, 512 * (1 + random() % 40));
    builder.end();
    return builder.bytes();
}

struct Cut {
    std::vector<Buffer> segments;
    std::vector<catalog::Segment> notes;
};

/// Reads all parts, with what must hold for each of them.
Cut cut(Bytes stream, Source& source, SegmentPlan plan) {
    CheckedInput input(source);
    bool at_end = false;
    input.at_end([&]() -> Result<void> {
        at_end = true;
        return {};
    });
    flow::BufferPool pool(plan.part_size);
    SegmentBook book(plan, ".zfs");
    PartReader reader(input, plan, book, pool);
    Cut all;
    Buffer segment;
    for (;;) {
        auto part = reader.next();
        EXPECT_TRUE(part) << part.error().message();
        if (!part || !*part) break;
        const Bytes bytes = (*part)->block.bytes();
        EXPECT_GT(bytes.size(), 0U);
        EXPECT_TRUE((*part)->segment_end || bytes.size() == plan.part_size);
        segment.insert(segment.end(), bytes.begin(), bytes.end());
        pool.give_back(std::move((*part)->block));
        if (!(*part)->segment_end) continue;
        all.notes.push_back((*part)->segment_end->segment);
        EXPECT_TRUE(at_end || all.notes.back().stream_end < stream.size())
            << "the last segment must not be completed before zfs send has ended well";
        all.segments.push_back(std::exchange(segment, {}));
    }
    EXPECT_TRUE(segment.empty());
    return all;
}

void check(Bytes stream, const Cut& cut, SegmentPlan plan) {
    std::uint64_t begin = 0;
    Buffer back;
    for (std::size_t i = 0; i < cut.notes.size(); ++i) {
        const catalog::Segment& note = cut.notes[i];
        EXPECT_EQ(note.name, catalog::segment_file_name(i + 1, ".zfs"));
        EXPECT_EQ(note.stored_size, cut.segments[i].size());
        EXPECT_EQ(note.stream_begin, begin);
        EXPECT_EQ(note.stream_end, begin + note.stored_size);
        EXPECT_TRUE(i + 1 == cut.notes.size() || note.stored_size >= plan.segment_size);
        stream::Checker checker;
        ASSERT_TRUE(checker.feed(stream.first(note.stream_end)));
        EXPECT_EQ(checker.boundary(), note.stream_end) << "at a record boundary";
        begin = note.stream_end;
        back.insert(back.end(), cut.segments[i].begin(), cut.segments[i].end());
    }
    EXPECT_TRUE(std::ranges::equal(back, stream));
}

TEST(PartReader, GivesEveryByteOnceWhateverTheSizes) {
    const unsigned first = std::random_device{}();
    for (unsigned seed = first; seed < first + 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        const Buffer stream = a_stream(random, 1 + static_cast<unsigned>(random() % 120));
        const std::uint64_t part = std::uint64_t{4096} << random() % 5;
        const SegmentPlan plan{.segment_size = part * (1 + random() % 6), .part_size = part};
        Drips source(stream, 1 << random() % 18, seed);
        const Cut result = cut(stream, source, plan);
        check(stream, result, plan);
    }
}

TEST(PartReader, AStreamThatEndsWithAPartHasNoEmptyPartBehindIt) {
    std::mt19937 random(1);
    const Buffer stream = a_stream(random, 20);
    for (const std::uint64_t parts : std::initializer_list<std::uint64_t>{1, 2, 4}) {
        if (stream.size() % parts != 0) continue;
        const SegmentPlan plan{.segment_size = stream.size() * 2,
                               .part_size = stream.size() / parts};
        Drips source(stream, 1 << 20, 1);
        const Cut result = cut(stream, source, plan);
        EXPECT_EQ(result.notes.size(), 1U);
        check(stream, result, plan);
    }
}

TEST(PartReader, ARecordMayBeLargerThanAPart) {
    stream::testing::Builder builder;
    builder.begin(4711, 0)
        .object(5)
        .write(5, 0, std::size_t{1} << 20U)
        .object(6)
        .write(6, 0, 512)
        .end();
    const Buffer stream = builder.bytes();
    const SegmentPlan plan{.segment_size = 65536, .part_size = 65536};
    Drips source(stream, 1 << 18, 1);
    const Cut result = cut(stream, source, plan);
    check(stream, result, plan);
    EXPECT_LE(result.notes.size(), 2U);
}

TEST(PartReader, WhatMustHoldAtTheEndIsAskedBeforeTheLastPart) {
    std::mt19937 random(1);
    const Buffer stream = a_stream(random, 3);
    Drips source(stream, 1 << 20, 1);
    CheckedInput input(source);
    input.at_end([]() -> Result<void> {
        return fail({.kind = ErrorKind::conflict, .what = "zfs send has failed"});
    });
    flow::BufferPool pool(1 << 20);
    const SegmentPlan plan{.segment_size = 1 << 20, .part_size = 1 << 20};
    SegmentBook book(plan, ".zfs");
    PartReader reader(input, plan, book, pool);
    const auto part = reader.next();
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().what, "zfs send has failed");
}

}  // namespace
}  // namespace zg::archive
