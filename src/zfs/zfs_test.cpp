#include "zfs/zfs.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/command.hpp"

namespace zg::zfs {
namespace {

// The relevant lines, as each version prints them.
constexpr const char* usage_of_pool_version_23 =
    "\tsend [-RDp] [-[iI] snapshot] <snapshot>\n"
    "\treceive [-vnF] <filesystem|volume|snapshot>\n"
    "\thold [-r] <tag> <snapshot> ...\n";
constexpr const char* usage_of_openzfs_2_3 =
    "\tbookmark <snapshot|bookmark> <newbookmark>\n"
    "\tsend [-DLPbcehnpsVvw] [-i|-I snapshot]\n"
    "\t     [-R [-X dataset[,dataset]...]]     <snapshot>\n"
    "\tsend [-DnVvPLecw] [-i snapshot|bookmark] <filesystem|volume|snapshot>\n"
    "\tsend [-nVvPe] -t <receive_resume_token>\n"
    "\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...\n";

TEST(Capabilities, AreReadFromTheOldestZfs) {
    const Capabilities can = parse_usage(usage_of_pool_version_23);
    EXPECT_FALSE(can.bookmarks || can.written || can.send_large_blocks || can.send_embedded ||
                 can.send_compressed || can.send_raw || can.send_estimate || can.encryption ||
                 can.receive_properties || can.receive_resumable);
}

TEST(Capabilities, AreReadFromOpenZfs) {
    const Capabilities can = parse_usage(usage_of_openzfs_2_3);
    EXPECT_TRUE(can.bookmarks && can.written && can.send_large_blocks && can.send_embedded &&
                can.send_compressed && can.send_raw && can.send_estimate && can.encryption &&
                can.receive_properties && can.receive_resumable);
}

TEST(SendSpec, HasFlagsInAFixedOrder) {
    EXPECT_EQ((SendSpec{.snapshot = "a@b",
                        .from = {},
                        .properties = true,
                        .large_blocks = true,
                        .embedded = true,
                        .compressed = true,
                        .raw = true})
                  .flags(),
              "-p -L -e -c -w");
    EXPECT_EQ(SendSpec{}.flags(), "");
}

TEST(Names, ThatZfsWouldNotAcceptAreRefused) {
    for (const char* good : {"vat", "vat/testfs", "vat/a b/c_d-e.f:g"})
        EXPECT_TRUE(check_dataset_name(good)) << good;
    for (const char* bad :
         {"", "/vat", "vat/", "vat//a", "-r", "vat@a", "vat#a", "vat/a;b", "vat/$x", "vat/ä"})
        EXPECT_EQ(check_dataset_name(bad).error().kind, ErrorKind::usage) << bad;
    EXPECT_TRUE(check_snapshot_name("monthly-2026.11"));
    for (const char* bad : {"", "a@b", "a/b", "a%b"}) EXPECT_FALSE(check_snapshot_name(bad)) << bad;
}

TEST(ExitError, HasAKindAndAHint) {
    const auto of = [](const char* text) { return exit_error({1, text}, "failed", "vat/x"); };
    EXPECT_EQ(of("cannot open 'x': dataset does not exist").kind, ErrorKind::not_found);
    EXPECT_EQ(of("cannot send 'x': permission denied").kind, ErrorKind::refused);
    EXPECT_EQ(
        of("cannot receive: destination x has been modified\nsince most recent snapshot").kind,
        ErrorKind::conflict);
    EXPECT_EQ(of("cannot receive new filesystem stream: out of space").kind, ErrorKind::full);
    EXPECT_EQ(of("something else").kind, ErrorKind::zfs);
    EXPECT_NE(of("").cause, "");
}

TEST(Zfs, TheErrorOfAMissingCommandNamesThePackage) {
    const Environment environment;
    ManualClock clock;
    NoSteps steps;
    const auto zfs = open_zfs("no-such-zfs", environment, clock, steps);
    ASSERT_FALSE(zfs);
    EXPECT_EQ(zfs.error().kind, ErrorKind::unsupported);
    EXPECT_NE(zfs.error().hint.find("zfsutils-linux"), std::string::npos);
}

/// A `zfs` to which every dataset is busy for as many calls of `zfs get` as the test says.
class BusyZfsTest : public testing::Test {
  protected:
    BusyZfsTest() {
        const std::string program = folder.path() + "/zfs";
        std::ofstream(program) << "#!/bin/sh\ncd " << folder.path() << R"(
case $1 in
get) if [ -s busy ]; then
        sed -i 1d busy
        echo "cannot open 'vat/x': dataset is busy" >&2
        exit 1
    fi
    case "$*" in
    *receive_resume_token*) echo 1-token ;;
    *creation*) echo 1795500000 ;;
    *mountpoint*) printf '/vat/x\tlocal\n' ;;
    *) printf 'vat/x\ttype\tfilesystem\nvat/x\tguid\t1\n' ;;
    esac ;;
'') echo '	receive [-vMnsFhu] <filesystem>' >&2; exit 2 ;;
esac
)";
        ::chmod(program.c_str(), 0755);
        zfs = std::move(*open_zfs(program, environment, clock, steps));
    }
    void be_busy(int calls) const {
        std::ofstream file(folder.path() + "/busy");
        for (int i = 0; i < calls; ++i) file << "busy\n";
    }

    TemporaryFolder folder;
    Environment environment;
    ManualClock clock;
    NoSteps steps;
    std::unique_ptr<Zfs> zfs;
};

// After a restore was killed its zfs receive goes on for a while.
TEST_F(BusyZfsTest, WhatIsReadIsReadAgainUntilTheDatasetCanBeOpened) {
    be_busy(3);
    EXPECT_TRUE(zfs->find("vat/x", "org.zglacier:mark").value());
    be_busy(3);
    EXPECT_EQ(zfs->receive_token("vat/x").value(), "1-token");
    be_busy(3);
    EXPECT_TRUE(zfs->creation("vat/x@s").value());
    be_busy(3);
    EXPECT_EQ(zfs->set_mountpoint("vat/x").value(), "/vat/x");
}

TEST_F(BusyZfsTest, AfterAMinuteItIsAnErrorThatSaysSo) {
    be_busy(1000);
    const TimePoint begin = clock.now();
    const auto found = zfs->find("vat/x", "org.zglacier:mark");
    ASSERT_FALSE(found);
    EXPECT_EQ(refusal_of(found.error()), Refusal::busy);
    EXPECT_NE(found.error().hint.find("try again later"), std::string::npos);
    EXPECT_GE(clock.now() - begin, std::chrono::seconds{59});
    EXPECT_LE(clock.now() - begin, std::chrono::seconds{61});
}

}  // namespace
}  // namespace zg::zfs
