#include "ops/inspect.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "stream/testing/builder.hpp"

namespace zg::ops {
namespace {

Buffer stream() {
    stream::testing::Builder builder;
    builder.begin(4711, 12);
    builder.object(1);
    builder.write(1, 8192, 4096);
    builder.end();
    return builder.bytes();
}

TEST(Inspect, ReportsTheContentOfTheStream) {
    const Buffer bytes = stream();
    BytesSource source(bytes);
    std::vector<InspectedRecord> records;
    const auto report =
        inspect_stream(source, [&](const InspectedRecord& record) { records.push_back(record); });
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_FALSE(report->error);
    EXPECT_EQ(report->bytes, bytes.size());
    EXPECT_EQ(report->records, 4U);
    ASSERT_EQ(report->streams.size(), 1U);
    const InspectedStream& begin = report->streams.front();
    EXPECT_EQ(begin.kind, "incremental");
    EXPECT_EQ(begin.name, "pool/fs@snapshot");
    EXPECT_EQ(begin.to_guid, 4711U);
    EXPECT_EQ(begin.from_guid, 12U);
    EXPECT_EQ(begin.dataset_type, "filesystem");
    EXPECT_EQ(begin.byte_order, "little");
    EXPECT_FALSE(begin.feature_names.empty());
    ASSERT_EQ(report->types.size(), 4U) << "BEGIN, OBJECT, WRITE, END";
    EXPECT_EQ(report->types[2].type, "WRITE");
    EXPECT_EQ(report->types[2].count, 1U);
    EXPECT_EQ(report->types[2].payload_bytes, 4096U);
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[2].type, "WRITE");
    EXPECT_EQ(records[2].object, 1U);
    EXPECT_EQ(records[2].offset, 8192U);
    EXPECT_EQ(records[2].length, 4096U);
}

TEST(Inspect, ReportsDamageAndEverythingBeforeIt) {
    Buffer bytes = stream();
    bytes.resize(bytes.size() - 100);
    BytesSource source(bytes);
    const auto report = inspect_stream(source, {});
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->error);
    EXPECT_EQ(report->error->kind, ErrorKind::damage);
    EXPECT_EQ(report->records, 3U);
    EXPECT_EQ(report->streams.size(), 1U);
}

}  // namespace
}  // namespace zg::ops
