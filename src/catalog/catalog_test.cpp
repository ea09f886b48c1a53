#include "catalog/catalog.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "catalog/testing/sample.hpp"
#include "codec/encoding.hpp"

namespace zg::catalog {
namespace {

class CatalogTest : public testing::Test {
  protected:
    CatalogTest() {
        char name[] = "/tmp/zglacier-catalog-XXXXXX";
        folder = ::mkdtemp(name);
    }
    ~CatalogTest() override { std::filesystem::remove_all(folder); }
    Catalog open() {
        auto catalog = Catalog::open(folder, "store", steps);
        EXPECT_TRUE(catalog) << catalog.error().message();
        return std::move(*catalog);
    }
    std::string folder;
    NoSteps steps;
};

TEST_F(CatalogTest, KeepsArchivesInOrderOfTheirIds) {
    {
        Catalog catalog = open();
        EXPECT_TRUE(catalog.made_new());
        for (const unsigned number : {3U, 1U, 2U})
            ASSERT_TRUE(catalog.put(sample_manifest(number)));
        ASSERT_TRUE(catalog.put(sample_manifest(2))) << "again";
        ASSERT_TRUE(catalog.remove(sample_manifest(3).archive_id));
        ASSERT_TRUE(catalog.remove(sample_manifest(3).archive_id)) << "gone already";
    }
    Catalog catalog = open();
    EXPECT_FALSE(catalog.made_new());
    EXPECT_EQ(*catalog.archives(), (std::vector<Manifest>{sample_manifest(1), sample_manifest(2)}));
    ASSERT_TRUE(catalog.clear());
    EXPECT_TRUE(catalog.archives()->empty());
}

TEST_F(CatalogTest, AFileThatIsNoCatalogIsPutAside) {
    for (const char* content :
         {"", "SQLite format 3\0garbage",
          "something else that is long enough to be looked at as a database"}) {
        std::ofstream(folder + "/store.sqlite", std::ios::trunc)
            << std::string(content) + std::string(2000, *content == '\0' ? '\0' : 'x');
        Catalog catalog = open();
        EXPECT_TRUE(catalog.made_new());
        EXPECT_TRUE(catalog.put(sample_manifest()));
    }
    EXPECT_TRUE(std::filesystem::exists(folder + "/store.sqlite.broken"));
}

TEST_F(CatalogTest, KeepsWhenAThawWasAskedFor) {
    const Manifest one = sample_manifest(1);
    const Manifest two = sample_manifest(2);
    const ThawNote early{.asked = one.created, .tier = "bulk"};
    const ThawNote late{.asked = one.created + std::chrono::hours(5), .tier = "standard"};
    {
        Catalog catalog = open();
        ASSERT_TRUE(catalog.put(one) && catalog.put(two));
        ASSERT_TRUE(catalog.note_thaws({}, early));
        ASSERT_TRUE(
            catalog.note_thaws({one.object_name(one.segments[0]), one.object_name(one.segments[1]),
                                two.object_name(two.segments[0])},
                               early));
        ASSERT_TRUE(catalog.note_thaws({one.object_name(one.segments[1])}, late)) << "again";
    }
    Catalog catalog = open();
    EXPECT_EQ(catalog.archives()->size(), 2U);
    EXPECT_EQ(*catalog.thaw_notes(),
              (std::map<std::string, ThawNote>{{one.object_name(one.segments[0]), early},
                                               {one.object_name(one.segments[1]), late},
                                               {two.object_name(two.segments[0]), early}}));
    ASSERT_TRUE(catalog.remove(one.archive_id));
    EXPECT_EQ(catalog.thaw_notes()->size(), 1U) << "those of a removed archive go with it";
    ASSERT_TRUE(catalog.clear());
    EXPECT_TRUE(catalog.thaw_notes()->empty());
}

TEST_F(CatalogTest, AnOlderFileIsBroughtUpToDateWithoutLoss) {
    {
        SQLite::Database old(folder + "/store.sqlite",
                             SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        old.exec(
            "CREATE TABLE archives (id TEXT PRIMARY KEY, manifest TEXT NOT NULL) WITHOUT ROWID; "
            "PRAGMA user_version = 1");
        SQLite::Statement insert(old, "INSERT INTO archives VALUES (?, ?)");
        insert.bind(1, sample_manifest().archive_id);
        insert.bind(2, to_json(sample_manifest()));
        insert.exec();
    }
    for (int round = 0; round < 2; ++round) {
        Catalog catalog = open();
        EXPECT_FALSE(catalog.made_new());
        EXPECT_EQ(*catalog.archives(), std::vector<Manifest>{sample_manifest()});
        EXPECT_TRUE(catalog.note_thaws({segment_name("x", "000001.zfs")}, {}));
    }
    EXPECT_FALSE(std::filesystem::exists(folder + "/store.sqlite.broken"));
}

TEST_F(CatalogTest, AFileOfANewerVersionOrWithoutItsTablesIsPutAside) {
    for (const char* version : {"3", "99"}) {
        SQLite::Database(folder + "/store.sqlite", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec(std::string("DROP TABLE IF EXISTS thaws; CREATE TABLE IF NOT EXISTS archives (id "
                              "TEXT); PRAGMA user_version = ") +
                  version);
        EXPECT_TRUE(open().made_new()) << version;
        EXPECT_TRUE(std::filesystem::remove(folder + "/store.sqlite.broken")) << version;
    }
}

TEST_F(CatalogTest, KeepsTheNamesOfEncryptedArchives) {
    Manifest archive = sample_manifest();
    archive.encodings.add(codec::age_encoding());
    archive.sealed = to_buffer("sealed");
    for (Segment& segment : archive.segments) segment.name += ".age";
    Catalog catalog = open();
    ASSERT_TRUE(catalog.put(archive));
    EXPECT_EQ(*catalog.archives(), std::vector{archive});
    const Manifest closed = parse_manifest(as_bytes(to_json(archive))).value();
    ASSERT_TRUE(catalog.put(closed));
    EXPECT_EQ(*catalog.archives(), std::vector{archive});
    ASSERT_TRUE(catalog.remove(archive.archive_id));
    ASSERT_TRUE(catalog.put(closed));
    EXPECT_EQ(*catalog.archives(), std::vector{closed});
}

TEST_F(CatalogTest, AMissingFolderIsSaid) {
    const auto catalog = Catalog::open(folder + "/none", "store", steps);
    ASSERT_FALSE(catalog);
    EXPECT_EQ(catalog.error().kind, ErrorKind::refused);
    EXPECT_FALSE(catalog.error().hint.empty());
}

TEST_F(CatalogTest, TwoAtOnce) {
    Catalog one = open();
    Catalog two = open();
    ASSERT_TRUE(one.put(sample_manifest(1)));
    ASSERT_TRUE(two.put(sample_manifest(2)));
    EXPECT_EQ(one.archives()->size(), 2U);
}

}  // namespace
}  // namespace zg::catalog
