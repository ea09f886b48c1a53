// Restores of cold archives, which are thawed first, on a simulated clock.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "archive/archive_view.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_folder.hpp"
#include "ops/context.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/testing/thaw_fixture.hpp"
#include "thaw/thaw.hpp"
#include "zfs/command.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {
namespace {

using namespace std::chrono_literals;

/// With a fake zfs that accepts every stream and remembers its guid.
class ThawedRestoreTest : public thaw::ThawTest {
  protected:
    ThawedRestoreTest() {
        const std::string program = folder.path() + "/zfs";
        std::ofstream(program) << "#!/bin/sh\ncd " << folder.path() << R"(
case "$1 $*" in
*mountpoint*) printf -- '-\t-\n' ;;
get*) [ -f guids ] || { echo 'dataset does not exist' >&2; exit 1; }
    printf 'vat/back\ttype\tfilesystem\nvat/back\tguid\t1\n'
    while read -r guid; do
        printf "vat/back@s$guid\t%s\t$guid\n" guid createtxg
    done <guids ;;
receive*) cat >stream; od -An -tu8 -j40 -N8 stream | tr -d ' ' >>guids ;;
esac
)";
        ::chmod(program.c_str(), 0755);
        zfs = std::move(*zfs::open_zfs(program, environment, clock, steps));
        view.archives = archives;
        options.source.text = "vat/testfs";
        options.target = "vat/back";
    }

    Result<RestoreReport> run() {
        ZG_TRY(const RestorePlan planned, plan_restore(context, *zfs, view, options));
        return restore(context, *zfs, planned, options);
    }

    Context context{engine, {.host = "host", .machine_id = "machine", .state_dir = ""}};
    TemporaryFolder folder;
    std::unique_ptr<zfs::Zfs> zfs;
    archive::ArchiveView view;
    RestoreOptions options;
};

TEST_F(ThawedRestoreTest, TheFirstArchiveIsReceivedWhileTheSecondStillThaws) {
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i)
        cold.delays[name(0, i)] = 9h + 30min;
    options.wait = true;
    const TimePoint begin = clock.now();
    const auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->received, 2U);
    EXPECT_FALSE(report->waiting);
    const auto first = log.when("received vat/back@s11");
    const auto second = log.when("received vat/back@s12");
    ASSERT_TRUE(first && second);
    EXPECT_GE(*first, begin + 9h + 30min);
    EXPECT_LT(*first, begin + 10h);
    EXPECT_GE(*second, begin + 11h);
    EXPECT_LT(*second, begin + 11h + 15min);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawedRestoreTest, WithoutWaitingEachRunResumes) {
    for (std::size_t i = 0; i < archives[0].segments.size(); ++i) cold.delays[name(0, i)] = 9h;
    const TimePoint begin = clock.now();
    auto report = run();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->waiting);
    EXPECT_EQ(report->asked, segments());
    EXPECT_EQ(report->retry_at, begin + 12h);
    EXPECT_EQ(clock.now(), begin) << "nothing was waited for";
    clock.advance(10h);
    report = run();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->waiting);
    EXPECT_EQ(report->asked, 0U);
    EXPECT_EQ(report->received, 1U) << "what is readable is received";
    forget_notes();
    clock.advance(2h);
    report = run();
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->waiting);
    EXPECT_EQ(report->received, 1U);
    EXPECT_EQ(cold.requests.size(), segments());
}

TEST_F(ThawedRestoreTest, NothingIsThawedIfASegmentIsMissing) {
    ASSERT_TRUE(memory.remove(name(1, 0)));
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::damage);
    EXPECT_EQ(report.error().where, name(1, 0));
    EXPECT_FALSE(report.error().hint.empty());
    EXPECT_TRUE(cold.requests.empty());
    options.source.text = "vat/testfs@s11";
    EXPECT_TRUE(run()) << "an earlier snapshot can be restored";
}

TEST_F(ThawedRestoreTest, AnArchivesStreamIsThawedTheSameWay) {
    BufferSink out;
    const auto planned = thaw::plan_thaw(context, std::span(&archives[1], 1), {});
    ASSERT_TRUE(planned);
    auto report = restore_stream(context, archives[1], *planned, false, out);
    ASSERT_TRUE(report && report->waiting);
    EXPECT_TRUE(out.buffer.empty());
    report = restore_stream(context, archives[1],
                            *thaw::plan_thaw(context, std::span(&archives[1], 1), {}), true, out);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(out.buffer.size(), archives[1].stream_size);
}

}  // namespace
}  // namespace zg::ops
