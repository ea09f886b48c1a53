#include "ops/adopt/adoption.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "catalog/manifest.hpp"
#include "codec/sha256.hpp"
#include "store/vault/inventory.hpp"
#include "stream/features.hpp"

namespace zg::ops {
namespace {

TEST(Adoption, ADescriptionNamesASnapshotOrTheVaultsDataset) {
    const auto described = [](const std::string& text) {
        return read_description(text, "vat_testfs");
    };
    EXPECT_EQ(described("vat/testfs@glacier"),
              (DescribedStream{.dataset = "vat/testfs", .snapshot = "glacier"}));
    EXPECT_EQ(described("nightly full backup of \"tank/home@2019-01-01\", by cron"),
              (DescribedStream{.dataset = "tank/home", .snapshot = "2019-01-01", .full = true}));
    EXPECT_EQ(described("incremental vat/testfs 2013"), (DescribedStream{.dataset = "vat/testfs"}));
    EXPECT_EQ(described("vat/testfs vat/testfs@b vat/testfs@c"),
              (DescribedStream{.dataset = "vat/testfs", .snapshot = "b"}));
    for (const char* text :
         {"", "pictures.tar", "tank/home", "me@example@com", "@glacier", "vat/testfs@", "-i a b"})
        EXPECT_FALSE(described(text)) << text;
}

store::InventoryArchive entry(const std::string& id, std::int64_t created) {
    return {.id = id,
            .description = "vat/testfs@glacier",
            .created = TimePoint(std::chrono::seconds(created)),
            .size = 5'000'000,
            .tree_hash = codec::sha256(as_bytes(id))};
}

std::vector<catalog::Manifest> three() {
    const DescribedStream described{.dataset = "vat/testfs", .snapshot = "glacier"};
    std::vector<catalog::Manifest> archives;
    for (const char* id : {"one", "two", "three"})
        archives.push_back(
            manifest_of_entry(entry(id, 1'500'000'000 + static_cast<std::int64_t>(archives.size())),
                              described, "old"));
    return archives;
}

TEST(Adoption, AnUnprovedManifestIsReadBackUnchanged) {
    const auto archives = three();
    const auto back = catalog::parse_manifest(as_bytes(catalog::to_json(archives.front())));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, archives.front());
    EXPECT_FALSE(back->proved());
    EXPECT_EQ(manifest_of_entry(entry("one", 1'500'000'000),
                                {.dataset = "vat/testfs", .snapshot = "glacier"}, "old"),
              archives.front())
        << "always the same";
}

TEST(Adoption, EachArchiveBuildsOnTheOneBefore) {
    auto archives = three();
    EXPECT_EQ(chain_up(archives, {false, false, false}), (std::vector{false, true, true}));
    EXPECT_TRUE(archives[0].full());
    EXPECT_EQ(archives[1].from_guid, archives[0].to_guid);
    EXPECT_EQ(archives[2].from_guid, archives[1].to_guid);
    EXPECT_EQ(chain_up(archives, {false, false, true}), (std::vector{false, false, true}));
    EXPECT_TRUE(archives[2].full());
}

TEST(Adoption, AStreamProvesItsArchive) {
    auto archives = three();
    chain_up(archives, {false, false, false});
    prove(archives[1], {.features = stream::feature_bit(stream::Feature::large_blocks),
                        .creation_time = 1'400'000'000,
                        .objset_type = 3,
                        .to_guid = 77,
                        .from_guid = 66,
                        .to_name = "old/fs@glacier-new"});
    EXPECT_TRUE(archives[1].proved());
    EXPECT_EQ(archives[1].snapshot, "glacier-new");
    EXPECT_EQ(archives[1].dataset, "vat/testfs") << "as the user knows it";
    EXPECT_EQ(archives[1].dataset_type, "volume");
    EXPECT_TRUE(archives[1].large_blocks());
    // Only an archive that is not proved follows.
    EXPECT_EQ(chain_up(archives, {false, false, false}), (std::vector{false, false, true}));
    EXPECT_EQ(archives[1].from_guid, 66U);
    EXPECT_EQ(archives[2].from_guid, 77U);
    EXPECT_TRUE(catalog::parse_manifest(as_bytes(catalog::to_json(archives[1]))));
}

TEST(Adoption, OnlyAnAdoptedArchiveMayLackASha256) {
    auto archive = three().front();
    archive.adopted.reset();
    EXPECT_FALSE(catalog::parse_manifest(as_bytes(catalog::to_json(archive))));
    archive = three().front();
    archive.segments.front().tree_hash.reset();
    EXPECT_FALSE(catalog::parse_manifest(as_bytes(catalog::to_json(archive))));
    archive = three().front();
    archive.segments.front().part_size = 3 << 20;
    EXPECT_FALSE(catalog::parse_manifest(as_bytes(catalog::to_json(archive))));
}

}  // namespace
}  // namespace zg::ops
