// Streams made by OpenZFS and zfs-fuse, compared with the output of `zstream dump`.
#include "stream/testing/real_streams.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream {
namespace {

using nlohmann::json;
using testing::read_stream;
using testing::read_text;
using testing::streams_folder;

/// The text after `key` in each line of `dump` that contains it.
std::vector<std::string> values(const json& dump, const std::string& key) {
    std::vector<std::string> found;
    for (const std::string line : dump) {
        if (const auto at = line.find(key); at != line.npos)
            found.push_back(line.substr(at + key.size()));
    }
    return found;
}

std::uint64_t hexadecimal(const std::string& text) { return std::stoull(text, nullptr, 16); }

void expect_as_dumped(const json& dump, const Summary& summary) {
    for (std::size_t type = 0; type < record_type_count; ++type) {
        const std::string name(record_type_name(static_cast<RecordType>(type)));
        for (const std::string& line : values(dump, "Total DRR_" + name + " records = ")) {
            std::uint64_t count = 0;
            std::uint64_t bytes = 0;
            ASSERT_EQ(std::sscanf(line.c_str(), "%lu (%lu bytes)", &count, &bytes), 2) << line;
            EXPECT_EQ(summary.count_by_type[type], count) << name;
            EXPECT_EQ(summary.payload_bytes_by_type[type], bytes) << name;
        }
    }
    for (const std::string& line : values(dump, "Total records = "))
        EXPECT_EQ(summary.records, std::stoull(line));
    for (const std::string& line : values(dump, "Total stream length = "))
        EXPECT_EQ(summary.bytes, std::stoull(line));

    const auto to_guids = values(dump, "toguid = ");
    const auto from_guids = values(dump, "fromguid = ");
    const auto names = values(dump, "toname = ");
    const auto features = values(dump, "features = ");
    const auto flags = values(dump, "flags = 0x");
    ASSERT_EQ(summary.begins.size(), to_guids.size());
    for (std::size_t i = 0; i < to_guids.size(); ++i) {
        EXPECT_EQ(summary.begins[i].to_guid, hexadecimal(to_guids[i]));
        EXPECT_EQ(summary.begins[i].from_guid, hexadecimal(from_guids[i]));
        EXPECT_EQ(summary.begins[i].to_name, names[i]);
        EXPECT_EQ(summary.begins[i].features, hexadecimal(features[i]));
        EXPECT_EQ(summary.begins[i].flags, hexadecimal(flags[i]));
    }
}

/// Compares the END checksum of the newest plain stream with `zstream dump`'s; those of a package's
/// ENDs are before and after it.
void expect_end_checksum(const json& dump, const Summary& summary) {
    const auto ends = values(dump, "END checksum = ");
    ASSERT_FALSE(ends.empty());
    codec::Fletcher4 sums;
    const std::string& line = summary.begins.front().compound ? ends[ends.size() - 2] : ends.back();
    ASSERT_EQ(std::sscanf(line.c_str(), "%lx/%lx/%lx/%lx", &sums.a, &sums.b, &sums.c, &sums.d), 4)
        << line;
    EXPECT_EQ(summary.end_checksum, sums);
}

class RealStreams : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!std::filesystem::exists(streams_folder / "manifest.json"))
            GTEST_SKIP() << "no real streams in " << streams_folder << ": this test does nothing";
    }
    static json manifest() {
        return json::parse(read_text(streams_folder / "manifest.json"))["streams"];
    }
    /// `zfs send --saved` ends its stream without END.
    static bool has_end(const json& entry) {
        return !values(entry["zstream_dump"], "END checksum = ").empty();
    }
    static bool is_bad(const json& entry) {
        return entry["file"].get<std::string>().contains("BAD");
    }
};

TEST_F(RealStreams, AreReadAsByZstreamDump) {
    std::size_t checked = 0;
    for (const json& entry : manifest()) {
        if (is_bad(entry)) continue;
        SCOPED_TRACE(entry["file"].get<std::string>());
        const Buffer stream = read_stream(entry["file"]);
        ASSERT_EQ(stream.size(), entry["size"].get<std::size_t>());
        Checker checker;
        const auto fed = checker.feed(stream);
        ASSERT_TRUE(fed) << fed.error().message();
        const auto finished = checker.finish();
        EXPECT_EQ(finished.has_value(), has_end(entry))
            << (finished ? "" : finished.error().message());
        expect_as_dumped(entry["zstream_dump"], checker.summary());
        if (has_end(entry)) expect_end_checksum(entry["zstream_dump"], checker.summary());
        ++checked;
    }
    EXPECT_GE(checked, 60U);
}

TEST_F(RealStreams, OfTheOtherByteOrderAreAccepted) {
    for (const json& entry : manifest()) {
        if (is_bad(entry) || !has_end(entry)) continue;
        SCOPED_TRACE(entry["file"].get<std::string>());
        const Buffer swapped = testing::with_bytes_swapped(read_stream(entry["file"]));
        Checker checker;
        const auto fed = checker.feed(swapped);
        ASSERT_TRUE(fed) << fed.error().message();
        ASSERT_TRUE(checker.finish());
        EXPECT_EQ(checker.summary().begins.front().byte_order, std::endian::big);
        expect_as_dumped(entry["zstream_dump"], checker.summary());
    }
}

TEST_F(RealStreams, ThatAreInvalidAreRefused) {
    std::size_t checked = 0;
    for (const json& entry : manifest()) {
        if (!is_bad(entry)) continue;
        SCOPED_TRACE(entry["file"].get<std::string>());
        Checker checker;
        auto result = checker.feed(read_stream(entry["file"]));
        if (result) result = checker.finish();
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::damage);
        ++checked;
    }
    EXPECT_EQ(checked, 5U);
}

TEST_F(RealStreams, OfZfsFuseAreAcceptedInBothByteOrders) {
    for (const std::string kind : {"full", "incremental", "p", "R"}) {
        SCOPED_TRACE(kind);
        const Buffer stream = read_stream("zfs-fuse-v23-" + kind + ".zfs");
        ASSERT_FALSE(stream.empty());
        for (const Buffer& one : {stream, testing::with_bytes_swapped(stream, false)}) {
            Checker checker;
            const auto fed = checker.feed(one);
            ASSERT_TRUE(fed) << fed.error().message();
            ASSERT_TRUE(checker.finish());
            EXPECT_EQ(checker.boundary(), stream.size());
        }
    }
}

// One flip in each record of a stream that has only END's checksum, and of one with all checksums.
TEST_F(RealStreams, WithOneBitFlippedAreRefused) {
    for (const std::string name : {"zfs-fuse-v23-R.zfs", "66-empty-filesystem.zfs", "37-R-i.zfs"}) {
        SCOPED_TRACE(name);
        Buffer stream = read_stream(name);
        std::size_t bit = 0;
        for (const testing::Place& place : testing::places(stream)) {
            const std::size_t at = place.at + bit * 37 % place.size;
            const auto mask = static_cast<std::byte>(1U << (bit++ % 8));
            stream[at] ^= mask;
            Checker checker;
            ASSERT_FALSE(checker.feed(stream) && checker.finish()) << "byte " << at;
            stream[at] ^= mask;
        }
    }
}

}  // namespace
}  // namespace zg::stream
