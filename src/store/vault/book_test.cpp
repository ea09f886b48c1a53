#include "store/vault/book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "codec/sha256.hpp"
#include "store/vault/inventory.hpp"

namespace zg::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VaultBookTest : public ::testing::Test {
  protected:
    VaultBookTest() { open(); }
    void open() {
        book.reset();
        auto opened = VaultBook::open(file);
        ASSERT_TRUE(opened) << opened.error().message();
        book = std::move(*opened);
    }
    BookEntry entry(const std::string& id, TimePoint created, const std::string& description,
                    const std::string& name = "") {
        return {.vault = photos,
                .archive = id,
                .size = 5,
                .created = created,
                .description = description,
                .file = name};
    }
    static Inventory inventory(TimePoint date, const std::vector<std::string>& ids) {
        Inventory result{.vault_arn = "", .date = date, .archives = {}};
        for (const std::string& id : ids)
            result.archives.push_back({.id = id,
                                       .description = "of " + id,
                                       .created = date - 200h,
                                       .size = 7,
                                       .tree_hash = {}});
        return result;
    }
    std::vector<std::string> ids(const BookQuery& query = {}) {
        std::vector<std::string> result;
        const auto found = book->find(query);
        EXPECT_TRUE(found) << found.error().message();
        for (const BookEntry& one : found.value_or(std::vector<BookEntry>{}))
            result.push_back(one.archive);
        return result;
    }

    TemporaryFolder folder;
    std::string file = folder.path() + "/vaults/book.sqlite";
    std::unique_ptr<VaultBook> book;
    const BookVault photos{.region = "eu-central-1", .name = "photos"};
    const BookVault music{.region = "us-east-1", .name = "music"};
    const TimePoint now{std::chrono::seconds(1'800'000'000)};
};

TEST_F(VaultBookTest, KeepsAnUpload) {
    BookEntry one = entry("A", now, "Holiday 2024", "/data/holiday.tar");
    one.tree_hash = codec::sha256(as_bytes(std::string_view("x")));
    ASSERT_TRUE(book->note(one));
    open();
    EXPECT_THAT(book->find({}).value(), ElementsAre(one));
    EXPECT_FALSE(book->inventories({}).value().front().date);
}

TEST_F(VaultBookTest, FindsByPartsInAnyCase) {
    ASSERT_TRUE(book->note(entry("A", now, "Holiday 2024", "/data/Tar-1")));
    ASSERT_TRUE(book->note(entry("B", now + 1s, "tar of the office")));
    BookEntry other = entry("C", now, "50 % of it's_all");
    other.vault = music;
    ASSERT_TRUE(book->note(other));
    EXPECT_THAT(ids({.description = "holiday"}), ElementsAre("A"));
    EXPECT_THAT(ids({.file = "TAR"}), ElementsAre("A", "B"));
    EXPECT_THAT(ids({.file = "office"}), ElementsAre("B"));
    EXPECT_THAT(ids({.file = "Holiday"}), IsEmpty());
    EXPECT_THAT(ids({.text = "tar"}), ElementsAre("A", "B"));
    EXPECT_THAT(ids({.text = "C"}), ElementsAre("B", "C"));
    EXPECT_THAT(ids({.vault = "photos"}), ElementsAre("A", "B"));
    EXPECT_THAT(ids({.region = "us-east-1"}), ElementsAre("C"));
    // Characters of SQL patterns are literal.
    EXPECT_THAT(ids({.text = "%"}), ElementsAre("C"));
    EXPECT_THAT(ids({.text = "'s_a"}), ElementsAre("C"));
    EXPECT_THAT(ids({.text = "' OR 1"}), IsEmpty());
}

TEST_F(VaultBookTest, AnInventoryAddsAndRemovesArchives) {
    ASSERT_TRUE(book->note(entry("old", now - 100h, "d", "f")));
    ASSERT_TRUE(book->note(entry("gone", now - 100h, "d")));
    ASSERT_TRUE(book->note(entry("late", now - 10h, "d")));
    ASSERT_TRUE(book->take(photos, inventory(now, {"old", "others"})));
    EXPECT_THAT(ids(), ::testing::UnorderedElementsAre("old", "late", "others"));
    EXPECT_EQ(book->find({.file = "f"}).value().front().size, 7U);
    EXPECT_EQ(book->inventories({}).value().front().date, now);
    // An inventory of yesterday changes nothing.
    ASSERT_TRUE(book->take(photos, inventory(now - 24h, {"older"})));
    EXPECT_THAT(ids(), ::testing::UnorderedElementsAre("old", "late", "others"));
    ASSERT_TRUE(book->take(photos, inventory(now + 100h, {"old"})));
    EXPECT_THAT(ids(), ElementsAre("old"));
}

TEST_F(VaultBookTest, ARemovedArchiveDoesNotComeBack) {
    ASSERT_TRUE(book->note(entry("A", now - 100h, "d")));
    ASSERT_TRUE(book->note_removed(photos, {"A", "never seen"}, now));
    EXPECT_THAT(ids(), IsEmpty());
    ASSERT_TRUE(book->take(photos, inventory(now + 10h, {"A", "B", "never seen"})));
    EXPECT_THAT(ids(), ElementsAre("B"));
    // An inventory of two days later overrides that.
    ASSERT_TRUE(book->take(photos, inventory(now + 49h, {"A", "B"})));
    EXPECT_THAT(ids(), ElementsAre("A", "B"));
}

TEST_F(VaultBookTest, AnArchiveIsListedOnceWhateverTheAccountIsCalled) {
    BookEntry one = entry("A", now - 100h, "d", "f");
    ASSERT_TRUE(book->note(one));
    const BookVault same{.region = photos.region, .account = "111122223333", .name = photos.name};
    ASSERT_TRUE(book->take(same, inventory(now, {"A"})));
    EXPECT_THAT(ids(), ElementsAre("A"));
    EXPECT_EQ(book->find({}).value().front().file, "f");
    EXPECT_EQ(book->inventories({.account = "-"}).value().size(), 1U);
    ASSERT_TRUE(book->note_removed(same, {"A"}, now));
    EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(VaultBookTest, ABrokenFileIsMovedAside) {
    book.reset();
    std::ofstream(file) << std::string(5000, 'x');
    open();
    EXPECT_TRUE(book->note(entry("A", now, "d")));
    EXPECT_TRUE(std::filesystem::exists(file + ".broken"));
    EXPECT_FALSE(VaultBook::open("/dev/null/book.sqlite"));
}

}  // namespace
}  // namespace zg::store
