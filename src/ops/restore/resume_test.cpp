// A restore that resumes in the middle of an archive.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/testing/store_stream.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "ops/restore/testing/restore_fixture.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/forwarding_store.hpp"
#include "stream/checker.hpp"
#include "stream/features.hpp"
#include "stream/nvlist.hpp"
#include "stream/record.hpp"
#include "stream/resume_token.hpp"
#include "stream/testing/builder.hpp"
#include "zfs/command.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {
namespace {

using stream::RecordType;

class ResumedRestoreTest : public RestoreFixture {
  protected:
    /// The first stream that zfs receive got resumes at the place, with a record of `type`.
    void expect_resumed(std::size_t archive, std::uint64_t object, std::uint64_t offset,
                        RecordType type) const {
        const std::string taken = text("received-" + std::to_string(archive));
        std::vector<stream::Record> records;
        stream::Checker checker([&](const stream::Record& record) { records.push_back(record); });
        ASSERT_TRUE(checker.feed(as_bytes(taken)) && checker.finish());
        const stream::Begin& begin = checker.summary().begins.front();
        EXPECT_EQ(begin.features,
                  view.archives[archive].features | stream::feature_bit(stream::Feature::resuming));
        const auto list = stream::unpack_nvlist(as_bytes(taken).subspan(
            stream::record_header_size, records[0].size - stream::record_header_size));
        ASSERT_TRUE(list);
        EXPECT_EQ(stream::nv_number(*list, "resume_object"), object);
        EXPECT_EQ(stream::nv_number(*list, "resume_offset"), offset);
        EXPECT_EQ(records[1].type, type);
        EXPECT_EQ(records[1].object, object);
        EXPECT_EQ(records[1].offset, offset);
        EXPECT_EQ(records[records.size() - 2].object, 400U);
    }
};

TEST_F(ResumedRestoreTest, FetchesFromTheSegmentThatHoldsThePlace) {
    for (const std::size_t archive : {0U, 1U}) {
        for (const auto& [object, offset] :
             {std::pair{1U, 4096U}, {2U, 0U}, {200U, 4096U}, {201U, 0U}, {400U, 4096U}}) {
            SCOPED_TRACE(testing::Message() << archive << " " << object << " " << offset);
            ::unlink((folder.path() + "/guids").c_str());
            watched.read_names.clear();
            stopped(archive, object, offset);
            const auto report = run();
            ASSERT_TRUE(report) << report.error().message();
            EXPECT_EQ(report->received, 2 - archive);
            ASSERT_TRUE(plan.resume);
            const Manifest& manifest = view.archives[archive];
            const std::size_t first = plan.resume->fetch.segment;
            EXPECT_EQ(watched.read_names.contains(manifest.object_name(manifest.segments[first])),
                      true);
            for (std::size_t i = 0; i < first; ++i)
                EXPECT_FALSE(
                    watched.read_names.contains(manifest.object_name(manifest.segments[i])))
                    << i;
            // The place lies in that segment: about 7 objects are in each.
            EXPECT_NEAR(static_cast<double>(first),
                        object * static_cast<double>(manifest.segments.size()) / 400, 1.0);
            EXPECT_EQ(plan.thaw.segments.size() + first, manifest.segments.size() * (2 - archive));
            EXPECT_EQ(plan.stored_bytes(), plan.thaw.all().bytes);
            EXPECT_EQ(plan.stream_bytes(), plan.stored_bytes()) << "nothing is compressed";
            expect_resumed(archive, object, offset,
                           offset > 0 ? RecordType::write : RecordType::object);
            EXPECT_TRUE(log.all().contains("resuming archive " + manifest.archive_id));
        }
    }
    EXPECT_TRUE(called("receive -u -s vat/back"));
    EXPECT_FALSE(called("receive -A vat/back"));
}

TEST_F(ResumedRestoreTest, ATokenWithNothingReceivedStartsAtTheFirstRecord) {
    stopped(0, 1, 0);
    ASSERT_TRUE(run());
    expect_resumed(0, 1, 0, RecordType::object);
    EXPECT_EQ(plan.resume->fetch.segment, 0U);
}

TEST_F(ResumedRestoreTest, APartOfAnotherArchiveIsRefusedAndDroppedWithForce) {
    write("token",
          stream::resume_token_text({.object = 5, .to_guid = 99, .to_name = "a@b"}) + "\n");
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::conflict);
    EXPECT_TRUE(report.error().hint.contains("zfs receive -A vat/back"));
    EXPECT_FALSE(called("receive -A vat/back"));
    options.force = true;
    ASSERT_TRUE(run());
    EXPECT_TRUE(called("receive -A vat/back"));
    EXPECT_TRUE(called("receive -u -s -F vat/back"));
    EXPECT_FALSE(plan.resume);
    // It does not matter if the target already has everything.
    write("token", stream::resume_token_text(
                       {.object = 5, .to_guid = 99, .from_guid = 12, .to_name = "a@b"}) +
                       "\n");
    options.force = false;
    const auto again = run();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->received, 0U);
}

TEST_F(ResumedRestoreTest, APartThatDoesNotFitIsDroppedAndReceivedFromItsStart) {
    for (const std::string reason : {"flags", "opening", "exclude", "beyond"}) {
        SCOPED_TRACE(reason);
        ::unlink((folder.path() + "/guids").c_str());
        write("calls", "");
        stopped(0, 200, 4096);
        const std::vector<Manifest> archives = view.archives;
        if (reason == "flags")
            view.archives[0].features |= stream::feature_bit(stream::Feature::large_blocks);
        if (reason == "opening") view.archives[0].opening.clear();
        if (reason == "exclude") options.exclude = {"refquota"};
        if (reason == "beyond") stopped(0, 500, 0);
        const auto report = run();
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_EQ(report->received, 2U);
        EXPECT_FALSE(plan.drops.empty());
        EXPECT_TRUE(log.all().contains(plan.drops)) << log.all();
        EXPECT_TRUE(called("receive -A vat/back"));
        EXPECT_EQ(called("receive -u -s vat/back"), reason != "exclude");
        EXPECT_EQ(called("receive -u vat/back"), reason == "opening");
        EXPECT_EQ(text("received-0").size(), view.archives[0].stream_size);
        view.archives = archives;
        options.exclude.clear();
    }
}

TEST_F(ResumedRestoreTest, APlaceThatTheStreamDoesNotHaveIsDropped) {
    stopped(0, 200, 512);
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().hint.contains("run the same command again")) << report.error().hint;
    EXPECT_TRUE(called("receive -A vat/back"));
    const auto again = run();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(text("received-0").size(), view.archives[0].stream_size);
}

TEST_F(ResumedRestoreTest, DamageDropsThePartAndATransientFailureKeepsIt) {
    const Manifest& manifest = view.archives[0];
    for (const bool from_the_start : {true, false}) {
        for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::damage}) {
            write("calls", "");
            if (!from_the_start) stopped(0, 200, 4096);
            watched.failing = manifest.object_name(manifest.segments[manifest.segments.size() - 2]);
            watched.kind = kind;
            const auto report = run();
            ASSERT_FALSE(report);
            EXPECT_EQ(report.error().kind, kind);
            EXPECT_EQ(called("receive -A vat/back"), kind == ErrorKind::damage);
            EXPECT_EQ(report.error().hint.contains("zfs receive -A vat/back"),
                      kind != ErrorKind::damage)
                << report.error().hint;
            EXPECT_TRUE(text("guids").empty());
        }
    }
}

TEST_F(ResumedRestoreTest, WaitsForAReceiveThatIsStillRunning) {
    stopped(0, 200, 4096);
    write("busy", "1\n2\n");
    const TimePoint begin = clock.now();
    const auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_GT(clock.now(), begin);
    expect_resumed(0, 200, 4096, RecordType::write);
    ::unlink((folder.path() + "/guids").c_str());
    stopped(0, 200, 4096);
    write("busy", std::string(200, '\n'));
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::locked);
}

TEST_F(ResumedRestoreTest, AZfsWithoutResumableReceiveIsNotAskedForAToken) {
    write("letter", "");
    open_zfs();
    ASSERT_TRUE(run());
    EXPECT_TRUE(called("receive -u vat/back"));
    EXPECT_FALSE(text("calls").contains("receive_resume_token"));
    watched.failing = view.archives[0].object_name(view.archives[0].segments[5]);
    ::unlink((folder.path() + "/guids").c_str());
    EXPECT_FALSE(run());
    EXPECT_FALSE(called("receive -A vat/back"));
}

}  // namespace
}  // namespace zg::ops
