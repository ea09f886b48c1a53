#include "catalog/catalog.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "catalog/testing/sample.hpp"

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
        for (const unsigned number : {3U, 1U, 2U}) ASSERT_TRUE(catalog.put(sample_manifest(number)));
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
    for (const char* content : {"", "SQLite format 3\0garbage", "something else that is long enough to be looked at as a database"}) {
        std::ofstream(folder + "/store.sqlite", std::ios::trunc) << std::string(content) + std::string(2000, *content == '\0' ? '\0' : 'x');
        Catalog catalog = open();
        EXPECT_TRUE(catalog.made_new());
        EXPECT_TRUE(catalog.put(sample_manifest()));
    }
    EXPECT_TRUE(std::filesystem::exists(folder + "/store.sqlite.broken"));
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
