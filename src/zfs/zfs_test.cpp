#include <gtest/gtest.h>

#include "zfs/command.hpp"

namespace zg::zfs {
namespace {

// The lines that matter, in the form in which each version prints them.
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

TEST(Capabilities, OfTheOldestZfs) {
    const Capabilities can = parse_usage(usage_of_pool_version_23);
    EXPECT_FALSE(can.bookmarks || can.written || can.send_large_blocks || can.send_embedded ||
                 can.send_compressed || can.send_raw || can.send_estimate || can.encryption ||
                 can.receive_properties || can.receive_resumable);
}

TEST(Capabilities, OfOpenZfs) {
    const Capabilities can = parse_usage(usage_of_openzfs_2_3);
    EXPECT_TRUE(can.bookmarks && can.written && can.send_large_blocks && can.send_embedded &&
                can.send_compressed && can.send_raw && can.send_estimate && can.encryption &&
                can.receive_properties && can.receive_resumable);
}

TEST(SendSpec, FlagsInAFixedOrder) {
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

TEST(Names, WhatZfsWouldNotTakeIsRefused) {
    for (const char* good : {"vat", "vat/testfs", "vat/a b/c_d-e.f:g"})
        EXPECT_TRUE(check_dataset_name(good)) << good;
    for (const char* bad :
         {"", "/vat", "vat/", "vat//a", "-r", "vat@a", "vat#a", "vat/a;b", "vat/$x", "vat/ä"})
        EXPECT_EQ(check_dataset_name(bad).error().kind, ErrorKind::usage) << bad;
    EXPECT_TRUE(check_snapshot_name("monthly-2026.11"));
    for (const char* bad : {"", "a@b", "a/b", "a%b"}) EXPECT_FALSE(check_snapshot_name(bad)) << bad;
}

TEST(ExitError, KindsAndHints) {
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

TEST(Zfs, AMissingCommandSaysWhatToInstall) {
    NoSteps steps;
    const auto zfs = open_zfs("no-such-zfs", steps);
    ASSERT_FALSE(zfs);
    EXPECT_EQ(zfs.error().kind, ErrorKind::unsupported);
    EXPECT_NE(zfs.error().hint.find("zfsutils-linux"), std::string::npos);
}

}  // namespace
}  // namespace zg::zfs
