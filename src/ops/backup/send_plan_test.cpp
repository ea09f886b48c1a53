#include "ops/backup/send_plan.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "archive/archive_view.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/testing/sample.hpp"
#include "codec/encoding.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {
namespace {

using catalog::Manifest;

constexpr zfs::Capabilities all{true, true, true, true, true, true, true, true, true};
constexpr zfs::Capabilities none{};

Manifest archive(std::uint64_t to, std::uint64_t from, bool raw = false,
                 const char* flags = "-p -L -e -c") {
    Manifest manifest = catalog::sample_manifest(static_cast<unsigned>(to), from);
    manifest.to_guid = to;
    manifest.raw = raw;
    manifest.send_flags = flags;
    return manifest;
}

struct Case {
    archive::ArchiveView view;
    zfs::Dataset dataset{.name = "vat/testfs",
                         .type = "filesystem",
                         .guid = 77,
                         .encrypted = false,
                         .compression = "lz4",
                         .snapshots = {},
                         .bookmarks = {}};
    [[nodiscard]] BaseChoice choose(bool raw = false, Choice large = Choice::automatic,
                                    const zfs::Snapshot* snapshot = nullptr) const {
        return choose_base({.view = view,
                            .dataset = dataset,
                            .snapshot = snapshot,
                            .raw = raw,
                            .large_blocks = large,
                            .full = false});
    }
};

TEST(ChooseBase, TakesTheNewestArchiveWhoseGuidTheDatasetStillHas) {
    Case c;
    c.view.archives = {archive(1, 0), archive(2, 1), archive(3, 2)};
    c.dataset.snapshots = {{"a", 1, 10, 0, ""}, {"b", 2, 20, 0, ""}};
    const BaseChoice choice = c.choose();
    ASSERT_TRUE(choice.base);
    EXPECT_EQ(choice.base->archive.to_guid, 2U);
    EXPECT_EQ(choice.base->from, "@b");
}

TEST(ChooseBase, TakesABookmarkIfTheSnapshotIsGone) {
    Case c;
    c.view.archives = {archive(1, 0), archive(2, 1)};
    c.dataset.snapshots = {{"a", 1, 10, 0, ""}};
    c.dataset.bookmarks = {{"zglacier-1", 1, 10, 0, ""}, {"zglacier-2", 2, 20, 0, ""}};
    EXPECT_EQ(c.choose().base->from, "#zglacier-2");
    c.dataset.snapshots.push_back({"b", 2, 20, 0, ""});
    EXPECT_EQ(c.choose().base->from, "@b") << "a snapshot is better than its bookmark";
}

TEST(ChooseBase, ASnapshotOfTheSameNameWithAnotherGuidIsNotABase) {
    Case c;
    c.view.archives = {archive(1, 0)};
    c.dataset.snapshots = {{c.view.archives[0].snapshot, 999, 10, 0, ""}};
    const BaseChoice choice = c.choose();
    EXPECT_FALSE(choice.base);
    EXPECT_NE(choice.reason.find("any of them"), std::string::npos) << choice.reason;
}

TEST(ChooseBase, TheBaseIsOlderThanTheSnapshotToBeSent) {
    Case c;
    c.view.archives = {archive(1, 0), archive(2, 1)};
    c.dataset.snapshots = {{"a", 1, 10, 0, ""}, {"between", 5, 15, 0, ""}, {"b", 2, 20, 0, ""}};
    EXPECT_EQ(c.choose(false, Choice::automatic, &c.dataset.snapshots[1]).base->from, "@a");
}

TEST(ChooseBase, RefusesABrokenChainAndOtherFlags) {
    Case c;
    c.dataset.snapshots = {{"a", 2, 10, 0, ""}};
    c.view.archives = {archive(2, 1)};
    EXPECT_FALSE(c.choose().base) << "its own base is gone";
    c.view.archives = {archive(2, 0)};
    EXPECT_TRUE(c.choose().base);
    EXPECT_FALSE(c.choose(true).base) << "raw on plain";
    EXPECT_FALSE(c.choose(false, Choice::off).base) << "-L turned off";
    EXPECT_TRUE(c.choose(false, Choice::on).base);
    EXPECT_NE(c.choose(true).reason.find("other flags"), std::string::npos);
}

TEST(ChooseBase, FullIfTheUserWants) {
    Case c;
    c.view.archives = {archive(2, 0)};
    c.dataset.snapshots = {{"a", 2, 10, 0, ""}};
    EXPECT_FALSE(choose_base({.view = c.view, .dataset = c.dataset, .full = true}).base);
}

TEST(DecideFlags, UsesWhatThisZfsSupports) {
    const Case c;
    EXPECT_EQ(decide_flags(all, c.dataset, {}, {}, false)->flags(), "-p -L -c")
        << "-e loses extended attributes";
    EXPECT_EQ(decide_flags(none, c.dataset, {}, {}, false)->flags(), "-p");
    EXPECT_EQ(decide_flags(all, c.dataset, {}, {}, true)->flags(), "-p -w")
        << "raw holds the others";
    SendChoices off{Choice::off, Choice::off, Choice::off, Choice::off, Choice::off};
    EXPECT_EQ(decide_flags(all, c.dataset, off, {}, false)->flags(), "");
}

TEST(DecideFlags, LargeBlocksAreAsInTheBase) {
    const Case c;
    EXPECT_FALSE(
        decide_flags(all, c.dataset, {}, Base{archive(1, 0, false, "-p -e -c"), "@a"}, false)
            ->large_blocks);
    const auto spec = decide_flags(all, c.dataset, {}, Base{archive(1, 0), "#a"}, false);
    EXPECT_TRUE(spec->large_blocks);
    EXPECT_EQ(spec->from, "vat/testfs#a");
}

TEST(DecideFlags, ARequestedFlagThatZfsLacksIsAnError) {
    const Case c;
    SendChoices wants;
    wants.compressed = Choice::on;
    const auto spec = decide_flags(none, c.dataset, wants, {}, false);
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().kind, ErrorKind::unsupported);
    EXPECT_FALSE(decide_raw(none, c.dataset, Choice::on));
}

TEST(DecideRaw, IsOnForEncryptedDatasets) {
    Case c;
    EXPECT_FALSE(*decide_raw(all, c.dataset, Choice::automatic));
    c.dataset.encrypted = true;
    EXPECT_TRUE(*decide_raw(all, c.dataset, Choice::automatic));
    EXPECT_FALSE(*decide_raw(all, c.dataset, Choice::off));
    EXPECT_FALSE(decide_flags(all, c.dataset, {}, {}, false)->properties)
        << "zfs sends an encrypted dataset's properties only raw";
}

TEST(Compression, IsParsedFromWordsAndLevels) {
    EXPECT_EQ(parse_compression("zstd:19")->wanted->level, 19);
    EXPECT_EQ(parse_compression("zstd")->wanted, codec::default_compression());
    EXPECT_FALSE(parse_compression("none")->wanted);
    EXPECT_TRUE(parse_compression("auto")->automatic);
    for (const char* bad : {"", "zstd:", "zstd:0", "zstd:20", "zstd:x", "zstd:3 ", "gzip"})
        EXPECT_EQ(parse_compression(bad).error().kind, ErrorKind::usage) << bad;
}

TEST(Compression, AutomaticIsOffIfTheStreamCannotShrink) {
    Case c;
    const zfs::SendSpec compressed{.snapshot = "", .from = {}, .compressed = true};
    const zfs::SendSpec raw{.snapshot = "", .from = {}, .raw = true};
    const CompressionChoice automatic;
    EXPECT_FALSE(decide_compression(automatic, c.dataset, compressed));
    EXPECT_FALSE(decide_compression(automatic, c.dataset, raw));
    EXPECT_EQ(decide_compression(automatic, c.dataset, {})->level, 3);
    c.dataset.compression = "off";
    EXPECT_EQ(decide_compression(automatic, c.dataset, compressed)->level, 3);
    EXPECT_EQ(decide_compression(*parse_compression("zstd:7"), c.dataset, raw)->level, 7);
}

}  // namespace
}  // namespace zg::ops
