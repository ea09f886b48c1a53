// Resuming a receive at every place where it can have stopped, in generated streams and in those of
// OpenZFS.
#include "stream/resumed_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/nvlist.hpp"
#include "stream/record.hpp"
#include "stream/splicer.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/layout.hpp"
#include "stream/testing/real_streams.hpp"
#include "stream/testing/rest.hpp"

namespace zg::stream {
namespace {

using testing::Builder;
using testing::records_of;

/// A stream and its records.
struct Sample {
    explicit Sample(Buffer bytes) : stream(std::move(bytes)), records(records_of(stream)) {
        for (const Record& record : records) {
            if (record.type != RecordType::begin) continue;
            begin = record.number;
        }
        opening.assign(stream.begin(),
                       stream.begin() + static_cast<std::ptrdiff_t>(records[begin].position +
                                                                    records[begin].size));
        packaged = begin > 0;
    }
    [[nodiscard]] Bytes record(std::size_t number) const {
        return Bytes(stream).subspan(records[number].position, records[number].size);
    }
    /// The header of the newest OBJECT_RANGE before record `number`; empty if there is none.
    [[nodiscard]] Bytes range_before(std::size_t number) const {
        for (std::size_t i = number; i > begin; --i) {
            if (records[i - 1].type == RecordType::object_range) return record(i - 1);
        }
        return {};
    }
    /// Where a receive whose last record was `number` would resume, if it notes that record.
    [[nodiscard]] std::optional<ResumePoint> point(std::size_t number) const {
        const Record& record = records[number];
        if (number == begin + 1) return nothing_received;
        if (record.type == RecordType::object)
            return record.object > 1 ? std::optional(ResumePoint{record.object, 0}) : std::nullopt;
        const bool write =
            record.type == RecordType::write || record.type == RecordType::write_embedded;
        // At offset 0 it resumes at the OBJECT record.
        return write && record.offset > 0 ? std::optional(ResumePoint{record.object, record.offset})
                                          : std::nullopt;
    }

    Buffer stream;
    std::vector<Record> records;
    std::size_t begin = 0;  ///< number of the plain BEGIN
    Buffer opening;
    bool packaged = false;
};

/// The stream that zfs receive needs to resume at `at`, the record `first`.
Buffer expected(const Sample& sample, const ResumePoint& at, std::size_t first) {
    const Bytes whole_begin = sample.record(sample.begin);
    Buffer inner =
        testing::resuming_begin(whole_begin, at, whole_begin.subspan(record_header_size));
    const Bytes range = sample.range_before(first);
    inner.insert(inner.end(), range.begin(), range.end());
    const Bytes rest = Bytes(sample.stream).subspan(sample.records[first].position);
    inner.insert(inner.end(), rest.begin(),
                 sample.packaged ? rest.end() - record_header_size : rest.end());
    testing::write_checksums(inner, true);
    Buffer all(
        sample.stream.begin(),
        sample.stream.begin() + static_cast<std::ptrdiff_t>(sample.records[sample.begin].position));
    all.insert(all.end(), inner.begin(), inner.end());
    if (sample.packaged)
        all.insert(all.end(), sample.stream.end() - record_header_size, sample.stream.end());
    return all;
}

/// The result if the stream is fed from record `from` on, in pieces of up to `most` bytes.
Result<Buffer> resumed(const Sample& sample, const ResumePoint& at, std::size_t from,
                       std::mt19937_64& random, std::size_t most) {
    ResumedStream stream(sample.opening, at);
    Buffer out;
    ZG_CHECK(stream.begin(out));
    stream.skip_to(sample.range_before(from));
    for (Bytes left = Bytes(sample.stream).subspan(sample.records[from].position); !left.empty();) {
        const Bytes piece = left.first(std::min<std::size_t>(left.size(), 1 + random() % most));
        ZG_CHECK(stream.feed(piece, out));
        left = left.subspan(piece.size());
    }
    ZG_CHECK(stream.finish(out));
    return out;
}

/// A stream that can be resumed at each place, and whose BEGIN has a list as payload, like a raw
/// one.
Buffer made_stream(std::mt19937_64& random, bool raw) {
    Builder builder({.raw = raw});
    const Buffer list = pack_nvlist({{"crypt_keydata", std::uint64_t{random()}}});
    builder.begin(random() | 1, 0, raw ? list.size() : 0).freeobjects(0, 1);
    for (std::uint64_t object = 2; object < 2 + random() % 60; object += 1 + random() % 3) {
        if (raw) builder.object_range(object / 32 * 32);
        builder.object(object);
        if (random() % 2 == 0) builder.spill(object);
        builder.free(object, 1U << 20U, ~std::uint64_t{0});
        std::uint64_t offset = 0;
        for (auto left = random() % 5; left > 0; --left) {
            const std::size_t size = (1 + random() % 8) * 512;
            if (!raw && random() % 3 == 0)
                builder.write_embedded(object, offset);
            else
                builder.write(object, offset, size);
            offset += 4096;
            if (random() % 3 == 0) builder.free(object, std::exchange(offset, offset + 512), 512);
        }
        if (random() % 3 == 0) builder.freeobjects(object + 1, 2);
    }
    Buffer stream = builder.end().bytes();
    if (raw) std::ranges::copy(list, stream.begin() + record_header_size);
    testing::write_checksums(stream);
    return stream;
}

TEST(ResumedStream, ResumesAtEveryPlaceFromEverySegmentBeforeIt) {
    const auto seed = std::random_device()();
    std::mt19937_64 random(seed);
    std::size_t places = 0;
    for (int round = 0; round < 30; ++round) {
        const Buffer plain = made_stream(random, round % 2 == 0);
        const Sample sample(round % 3 == 0 ? testing::packaged(plain) : plain);
        for (std::size_t number = sample.begin + 1; number < sample.records.size(); ++number) {
            const auto at = sample.point(number);
            if (!at) continue;
            const std::size_t from = sample.begin + 1 + random() % (number - sample.begin);
            const auto out = resumed(sample, *at, from, random, 700);
            ASSERT_TRUE(out) << out.error().message() << " seed " << seed << " round " << round
                             << " record " << number;
            ASSERT_EQ(*out, expected(sample, *at, number))
                << "seed " << seed << " round " << round << " record " << number << " from "
                << from;
            (void)records_of(*out);
            ++places;
        }
    }
    EXPECT_GT(places, 300U) << seed;
}

TEST(ResumedStream, APlaceThatTheStreamDoesNotHaveIsRefused) {
    std::mt19937_64 random(1);
    const Sample sample(
        Builder().begin().object(2).write(2, 0).write(2, 4096).object(5).write(5, 0).end().bytes());
    for (const ResumePoint at :
         {ResumePoint{2, 512}, {2, 8192}, {3, 0}, {5, 512}, {9, 0}, {0, 0}}) {
        const auto out = resumed(sample, at, 1, random, 5000);
        ASSERT_FALSE(out) << at.object << ' ' << at.offset;
        EXPECT_EQ(out.error().kind, ErrorKind::conflict);
    }
    EXPECT_TRUE(resumed(sample, {2, 4096}, 3, random, 5000));
    // The place is before the bytes it is fed.
    EXPECT_EQ(resumed(sample, {2, 4096}, 4, random, 5000).error().kind, ErrorKind::conflict);
}

TEST(ResumedStream, AStreamWithoutItsEndIsNotFinished) {
    const Sample sample(Builder().begin().object(2).write(2, 0).end().bytes());
    ResumedStream stream(sample.opening, {2, 0});
    Buffer out;
    EXPECT_EQ(stream.feed(sample.stream, out).error().kind, ErrorKind::internal);
    ASSERT_TRUE(stream.begin(out));
    const Bytes rest = Bytes(sample.stream).subspan(sample.opening.size());
    ASSERT_TRUE(stream.feed(rest.first(rest.size() - 1), out));
    EXPECT_EQ(stream.finish(out).error().kind, ErrorKind::damage);
    ASSERT_TRUE(stream.feed(rest.last(1), out));
    EXPECT_TRUE(stream.finish(out));
}

TEST(ResumedStream, AnInvalidOpeningOrAStreamThatCannotBeResumedIsRefused) {
    const auto kind = [](Buffer opening) {
        Buffer out;
        const auto begun = ResumedStream(std::move(opening), {2, 0}).begin(out);
        EXPECT_TRUE(begun || out.empty());
        return begun ? std::nullopt : std::optional(begun.error().kind);
    };
    const Buffer begin = Builder().begin().bytes();
    EXPECT_EQ(kind(begin), std::nullopt);
    EXPECT_EQ(kind({}), ErrorKind::damage);
    EXPECT_EQ(kind(Buffer(begin.begin(), begin.end() - 1)), ErrorKind::damage);
    EXPECT_EQ(kind(Buffer(500)), ErrorKind::damage);
    EXPECT_EQ(kind(Builder().begin().object(1).bytes()), ErrorKind::damage);
    EXPECT_EQ(kind(Builder().package().bytes()), ErrorKind::damage);
    EXPECT_EQ(kind(Builder().package().end().bytes()), ErrorKind::damage);
    EXPECT_EQ(kind(Builder().package().end().begin().bytes()), std::nullopt);
    EXPECT_EQ(kind(Builder().begin(1, 0, 40).bytes()),
              ErrorKind::damage);  // its payload is not a list
    EXPECT_EQ(kind(Builder({.order = std::endian::big}).begin().bytes()), ErrorKind::unsupported);
    EXPECT_EQ(kind(Builder().begin().put<std::uint32_t>(36, 0).bytes()), ErrorKind::unsupported);
    EXPECT_EQ(kind(testing::resuming_begin(begin, {1, 0})), ErrorKind::unsupported);
}

// The streams of OpenZFS.

class ResumedRealStreams : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!std::filesystem::exists(testing::streams_folder / "manifest.json"))
            GTEST_SKIP() << "no real streams in " << testing::streams_folder
                         << ": this test does nothing";
        const auto manifest =
            nlohmann::json::parse(testing::read_text(testing::streams_folder / "manifest.json"));
        for (const nlohmann::json& entry : manifest["streams"]) {
            const std::string file = entry["file"];
            Buffer stream = testing::read_stream(file);
            Checker checker;
            if (!checker.feed(stream) || !checker.finish()) continue;
            const std::vector<Begin>& begins = checker.summary().begins;
            const bool one = begins.size() == (begins.front().compound ? 2U : 1U);
            if (one && !has_feature(begins.back().features, Feature::resuming))
                files_.push_back(file);
        }
        ASSERT_GT(files_.size(), 40U);
    }
    /// All records of a small stream, or some of a large one.
    std::vector<std::size_t> some_of(const Sample& sample) {
        std::vector<std::size_t> numbers;
        const std::size_t most = (std::size_t{96} << 20U) / sample.stream.size() + 8;
        for (std::size_t number = sample.begin + 1; number < sample.records.size(); ++number) {
            if (random_() % sample.records.size() < most) numbers.push_back(number);
        }
        return numbers;
    }
    std::vector<std::string> files_;
    unsigned seed_ = std::random_device()();
    std::mt19937_64 random_{seed_};
};

TEST_F(ResumedRealStreams, InAReceiveThatStopped) {
    std::size_t places = 0;
    for (const std::string& file : files_) {
        SCOPED_TRACE(file + " seed " + std::to_string(seed_));
        const Sample sample(testing::read_stream(file));
        for (const std::size_t number : some_of(sample)) {
            const auto at = sample.point(number);
            if (!at) continue;
            const std::size_t from =
                number - random_() % std::min<std::size_t>(number - sample.begin, 50);
            const auto out = resumed(sample, *at, from, random_, 300'000);
            ASSERT_TRUE(out) << out.error().message() << " record " << number;
            ASSERT_EQ(*out, expected(sample, *at, number))
                << "record " << number << " from " << from;
            (void)records_of(*out);
            ++places;
        }
    }
    EXPECT_GT(places, 300U) << "seed " << seed_;
}

/// Cuts the stream after record `number`, and joins the output of zfs send -t, with the OBJECT
/// record repeated, to the beginning. Nothing if it cannot be cut there.
std::optional<Buffer> cut_and_spliced(const Sample& sample, std::size_t number,
                                      std::mt19937_64& random) {
    const std::size_t cut = sample.records[number].position + sample.records[number].size;
    Checker checker;
    EXPECT_TRUE(checker.feed(Bytes(sample.stream).first(cut)));
    const auto place = checker.checkpoint();
    if (!place || !place->resume_point) return std::nullopt;
    std::size_t object = number;
    while (object > sample.begin && (sample.records[object].type != RecordType::object ||
                                     sample.records[object].object != place->resume_point->object))
        --object;
    if (object == sample.begin) return std::nullopt;
    const Buffer rest =
        testing::rest_after(sample.stream, *place, *place->resume_point, sample.record(object));
    Splicer splicer(*place);
    Buffer whole(sample.stream.begin(), sample.stream.begin() + static_cast<std::ptrdiff_t>(cut));
    for (Bytes left = rest; !left.empty();) {
        const Bytes piece = left.first(std::min<std::size_t>(left.size(), 1 + random() % 300'000));
        const auto fed = splicer.feed(piece, whole);
        EXPECT_TRUE(fed) << fed.error().message();
        if (!fed) return std::nullopt;
        left = left.subspan(piece.size());
    }
    EXPECT_TRUE(splicer.finish(whole));
    return whole;
}

TEST_F(ResumedRealStreams, InASendThatStopped) {
    std::size_t places = 0;
    for (const std::string& file : files_) {
        SCOPED_TRACE(file + " seed " + std::to_string(seed_));
        const Sample sample(testing::read_stream(file));
        for (const std::size_t number : some_of(sample)) {
            const auto whole = cut_and_spliced(sample, number, random_);
            if (!whole) continue;
            const auto records = records_of(*whole);
            const std::size_t more = 1 + (sample.range_before(number).empty() ? 0 : 1);
            ASSERT_EQ(records.size(), sample.records.size() + more) << "record " << number;
            ++places;
        }
    }
    EXPECT_GT(places, 300U) << "seed " << seed_;
}

}  // namespace
}  // namespace zg::stream
