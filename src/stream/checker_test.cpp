// The checker's results for single streams, good and bad.
#include "stream/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/record.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream {
namespace {

using testing::Builder;
using ::testing::HasSubstr;

/// The error for `stream`; its message is empty if there is none.
Error error_of(Bytes stream) {
    Checker checker;
    Result<void> result = checker.feed(stream);
    if (result) result = checker.finish();
    return result ? Error{} : result.error();
}

void expect_error(const Buffer& stream, ErrorKind kind, std::string_view text) {
    const Error error = error_of(stream);
    EXPECT_EQ(error.kind, kind) << error.message();
    EXPECT_THAT(error.message(), HasSubstr(std::string(text)));
}

void expect_damage(const Buffer& stream, std::string_view text) {
    expect_error(stream, ErrorKind::damage, text);
}

TEST(Checker, SumsUpAStream) {
    const Buffer stream = testing::every_type();
    Checker checker;
    ASSERT_TRUE(checker.feed(stream));
    EXPECT_TRUE(checker.complete());
    ASSERT_TRUE(checker.finish());
    const Summary& summary = checker.summary();
    EXPECT_EQ(summary.bytes, stream.size());
    EXPECT_EQ(summary.records, 13U);
    EXPECT_EQ(summary.count_by_type[1], 2U);
    EXPECT_EQ(summary.count_by_type[2], 2U);
    EXPECT_EQ(summary.count_by_type[3], 2U);
    EXPECT_EQ(summary.payload_bytes_by_type[0], 24U);
    EXPECT_EQ(summary.payload_bytes_by_type[1], 16U);
    EXPECT_EQ(summary.payload_bytes_by_type[3], 1024U);
    EXPECT_TRUE(summary.has_data());
    ASSERT_TRUE(summary.first_stream());
    EXPECT_EQ(summary.first_stream()->to_guid, 0x1122334455667788U);
    const testing::Place end = testing::places(stream).back();
    EXPECT_EQ(summary.end_checksum.d, load_int<std::uint64_t>(stream, end.at + 32));
}

TEST(Checker, ReportsEachRecord) {
    std::vector<Record> records;
    Checker checker([&](const Record& record) { records.push_back(record); });
    const Buffer stream = Builder().begin().object(4, 8).write(4, 512).end().bytes();
    ASSERT_TRUE(checker.feed(stream));
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[2].number, 2U);
    EXPECT_EQ(records[2].position, 632U);
    EXPECT_EQ(records[2].size, 824U);
    EXPECT_EQ(records[2].type, RecordType::write);
    EXPECT_EQ(records[2].object, 4U);
    EXPECT_EQ(records[2].offset, 512U);
    EXPECT_EQ(records[2].length, 512U);
}

TEST(Checker, GivesTheBoundaryAndItsChecksumWithinARecord) {
    const Buffer stream = testing::every_type();
    Checker checker;
    testing::Sums sums;
    for (const testing::Place& place : testing::places(stream)) {
        const Bytes record = Bytes(stream).subspan(place.at, place.size);
        ASSERT_TRUE(checker.feed(record.first(place.size - 1)));
        const codec::Fletcher4 running = checker.running_checksum();
        EXPECT_EQ((std::array{running.a, running.b, running.c, running.d}), sums.words);
        EXPECT_EQ(checker.boundary(), place.at);
        EXPECT_EQ(checker.position(), place.at + place.size - 1);
        ASSERT_TRUE(checker.feed(record.last(1)));
        EXPECT_EQ(checker.boundary(), place.at + place.size);
        sums.add(record, place.order);
    }
}

TEST(Checker, ListsTheStreamsOfAPackage) {
    const Buffer stream = testing::package_of_two();
    Checker checker;
    ASSERT_TRUE(checker.feed(stream));
    ASSERT_TRUE(checker.finish());
    const std::vector<Begin>& begins = checker.summary().begins;
    ASSERT_EQ(begins.size(), 3U);
    EXPECT_TRUE(begins[0].compound);
    EXPECT_EQ(begins[1].to_guid, 5U);
    EXPECT_EQ(begins[1].record_number, 2U);
    EXPECT_EQ(begins[1].position, 312U + 48 + 312);
    EXPECT_EQ(begins[2].to_guid, 6U);
    EXPECT_EQ(checker.summary().first_stream()->to_guid, 5U);
}

TEST(Checker, IsNotCompleteBetweenTheStreamsOfAPackage) {
    const Buffer stream = testing::package_of_two();
    Checker checker;
    for (const testing::Place& place : testing::places(stream)) {
        EXPECT_FALSE(checker.complete());
        ASSERT_TRUE(checker.feed(Bytes(stream).subspan(place.at, place.size)));
    }
    EXPECT_TRUE(checker.complete());
}

TEST(Checker, RepeatsItsError) {
    Checker checker;
    ASSERT_TRUE(checker.feed(Bytes(testing::every_type()).first(400)));
    const auto first = checker.finish();
    ASSERT_FALSE(first);
    EXPECT_EQ(checker.feed({}).error().message(), first.error().message());
    EXPECT_EQ(checker.feed(testing::every_type()).error().message(), first.error().message());
    EXPECT_EQ(checker.finish().error().message(), first.error().message());
    EXPECT_FALSE(checker.complete());
}

TEST(Checker, ReportsThatAnIncrementalWithoutChangesHasNoData) {
    const Buffer stream = Builder().begin(1, 2).freeobjects(0, 5).free(3, 0, 1).end().bytes();
    Checker checker;
    ASSERT_TRUE(checker.feed(stream));
    ASSERT_TRUE(checker.finish());
    EXPECT_FALSE(checker.summary().has_data());
}

TEST(Checker, RefusesInputThatIsNotAStream) {
    expect_damage({}, "found no bytes");
    expect_damage(Buffer(100), "expected the rest of this record");
    expect_damage(Buffer(1000), "magic number 2f5bacbac");
    expect_damage(Builder().end().bytes(), "expected a BEGIN record");
    expect_damage(Builder().write(1, 0).end().bytes(), "expected a BEGIN record");
}

TEST(Checker, NamesTheRecordAndTheByte) {
    const Buffer stream = Builder().begin().object(4, 8).write(4, 0).write(3, 0).end().bytes();
    expect_damage(
        stream,
        "record 3 at byte 1456: WRITE: expected a block after object 4 offset 0, found object 3");
}

TEST(Checker, NamesBothChecksums) {
    Buffer stream = Builder().begin().object(4, 8).end().bytes();
    stream[400] ^= std::byte{1};
    expect_damage(stream, "record 1 at byte 312: expected checksum ");
    expect_damage(stream,
                  "(record type 1; the damage is in this record or in the payload before it)");
}

TEST(Checker, RefusesAWrongChecksumInEnd) {
    Buffer stream = Builder({.own_checksums = false}).begin().object(4, 8).end().bytes();
    stream[640] ^= std::byte{1};
    expect_damage(stream, "END: expected the stream's checksum");
}

TEST(Checker, RefusesIncompleteStreams) {
    expect_damage(Builder().begin().bytes(), "expected an END record");
    expect_damage(Builder().package().bytes(), "expected the END of the package's header");
    expect_damage(Builder().package().end().bytes(),
                  "expected the END of the package, found the end");
    expect_damage(Builder().package().end().begin().end().bytes(),
                  "expected the END of the package, found the end");
    expect_damage(Builder().package().end().record(5).bytes(), "expected a stream in the package");
}

TEST(Checker, RefusesRecordsOutOfPlace) {
    expect_damage(Builder().begin().begin().end().bytes(),
                  "expected the END of the stream before the next BEGIN");
    expect_damage(Builder().begin().end().begin().end().bytes(), "after the END");
    expect_damage(Builder().package().begin().end().record(5).bytes(), "before the next BEGIN");
    expect_damage(Builder().package().object(1).end().bytes(),
                  "expected END after the package's header");
    expect_damage(Builder().package().end().package().end().bytes(), "another package");
    expect_damage(Builder().package().end().object(1).bytes(), "expected BEGIN or END between");
    expect_damage(
        Builder().package().end().begin().end().record(5).put<std::uint8_t>(311, 1).bytes(),
        "all zeros");
}

TEST(Checker, RefusesAnotherGuid) {
    expect_damage(Builder().begin(1).object(4).write(4, 0).put<std::uint64_t>(40, 2).end().bytes(),
                  "WRITE: expected the guid 1 of the records before it, found 2");
    expect_damage(Builder().begin(1).end().put<std::uint64_t>(40, 2).bytes(),
                  "END: expected BEGIN's guid 1, found 2");
}

// zfs send --saved: the records name another guid than BEGIN, and there is no END.
TEST(Checker, AcceptsTheRecordsOfAPartlyReceivedDatasetButRefusesItsMissingEnd) {
    const Buffer stream = Builder()
                              .begin(1)
                              .object(4)
                              .put<std::uint64_t>(40, 2)
                              .write(4, 0)
                              .put<std::uint64_t>(40, 2)
                              .bytes();
    expect_damage(stream, "expected an END record");
}

TEST(Checker, RefusesAWriteBeforeTheLastOne) {
    expect_damage(Builder().begin().write(4, 512).write(4, 0).end().bytes(),
                  "expected a block after object 4 offset 512");
    EXPECT_EQ(
        error_of(Builder().begin().write(4, 512).write(4, 512).write(5, 0).end().bytes()).message(),
        Error{}.message());
    EXPECT_EQ(error_of(Builder()
                           .package()
                           .end()
                           .begin()
                           .write(9, 0)
                           .end()
                           .begin()
                           .write(4, 0)
                           .end()
                           .record(5)
                           .bytes())
                  .message(),
              Error{}.message());
}

TEST(Checker, RefusesARawObjectOutsideItsRange) {
    const testing::Style raw{.raw = true};
    expect_damage(Builder(raw).begin().object(4).end().bytes(),
                  "expected an object of the OBJECT_RANGE");
    expect_damage(Builder(raw).begin().object_range(32).object(31).end().bytes(),
                  "found object 31");
    expect_damage(Builder(raw).begin().object_range(32).object(64).end().bytes(),
                  "found object 64");
    EXPECT_EQ(error_of(Builder(raw).begin().object_range(32).object(32).object(63).end().bytes())
                  .message(),
              Error{}.message());
}

TEST(Checker, DoesNotSupportLaterVersions) {
    expect_error(
        Builder().begin().put<std::uint64_t>(16, std::uint64_t{1} << 32U | 1).end().bytes(),
        ErrorKind::unsupported, "bit 30");
    expect_error(Builder().begin().record(11).end().bytes(), ErrorKind::unsupported,
                 "record type 11");
    expect_error(Builder().begin().write(1, 0).put<std::uint8_t>(50, 17).end().bytes(),
                 ErrorKind::unsupported, "compression type 17");
}

// If no checksum covers a header, an unknown code in it is damage.
TEST(Checker, CallsUnknownCodesDamageInStreamsWithoutRecordChecksums) {
    const testing::Style old{.own_checksums = false};
    expect_damage(Builder(old).begin().record(11).end().bytes(), "record type 11");
    expect_damage(Builder(old).begin().object(1).put<std::uint8_t>(33, 17).end().bytes(),
                  "compression type 17");
}

TEST(Checker, HoldsAStreamToOneKindOfChecksums) {
    Buffer stream = Builder().begin().object(4, 8).object(5, 8).end().bytes();
    const auto second = stream.begin() + 312 + 320 + 280;
    std::fill(second, second + 32, std::byte{0});
    expect_damage(stream, "found 0/0/0/0");
    Buffer old = Builder({.own_checksums = false}).begin().object(4, 8).object(5, 8).end().bytes();
    old[312 + 320 + 280] = std::byte{1};
    expect_damage(old, "expected checksum 0/0/0/0");
}

TEST(Checker, HoldsAPackageToOneByteOrder) {
    expect_damage(
        Builder().package().end().begin().put<std::uint64_t>(8, 1).end().record(5).bytes(),
        "in the byte order of the package");
    Buffer mixed = Builder().package().end().bytes();
    const Buffer other = Builder({.order = std::endian::big}).begin().end().bytes();
    mixed.insert(mixed.end(), other.begin(), other.end());
    EXPECT_EQ(error_of(mixed).kind, ErrorKind::damage);
}

TEST(Checker, LetsEachStreamOfAPackageHaveItsKindOfChecksums) {
    Buffer stream =
        Builder({.own_checksums = false}).package().end().begin(1).object(4).end().bytes();
    const Buffer newer = Builder().begin(2).object(4).end().record(5).bytes();
    stream.insert(stream.end(), newer.begin(), newer.end());
    EXPECT_EQ(error_of(stream).message(), Error{}.message());
}

TEST(Checker, KeepsALimitedNumberOfBegins) {
    Builder builder;
    builder.package().end();
    for (std::uint64_t i = 1; i <= 100'005; ++i) builder.begin(i).end();
    const Buffer stream = builder.record(5).bytes();
    Checker checker;
    ASSERT_TRUE(checker.feed(stream));
    ASSERT_TRUE(checker.finish());
    EXPECT_EQ(checker.summary().begins.size(), 100'000U);
    EXPECT_EQ(checker.summary().begins_left_out, 6U);
}

}  // namespace
}  // namespace zg::stream
