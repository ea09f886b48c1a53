#include "sql/own_file.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_folder.hpp"

namespace zg::sql {
namespace {

constexpr Form form{.name = "the list",
                    .version = 3,
                    .schema = "CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY)",
                    .repair = "write it again"};

class OwnFileTest : public testing::Test {
  protected:
    std::unique_ptr<OwnFile> open(const Form& of = form) {
        auto opened = OwnFile::open(path_, of);
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }
    static int count(OwnFile& file) {
        return file
            .attempt("cannot count",
                     [](SQLite::Database& database) {
                         return database.execAndGet("SELECT count(*) FROM names").getInt();
                     })
            .value_or(-1);
    }
    static Result<void> add(OwnFile& file, const std::string& name) {
        return file.attempt("cannot add", [&](SQLite::Database& database) {
            database.exec("INSERT INTO names VALUES ('" + name + "')");
        });
    }
    TemporaryFolder folder_;
    const std::string path_ = folder_.path() + "/new/folder/list.sqlite";
};

TEST_F(OwnFileTest, WrittenDataIsReadBack) {
    EXPECT_TRUE(add(*open(), "a"));
    EXPECT_EQ(count(*open()), 1);
    EXPECT_FALSE(std::filesystem::exists(path_ + ".broken"));
}

TEST_F(OwnFileTest, ABrokenFileIsMovedAside) {
    add(*open(), "a");
    ASSERT_TRUE(
        write_file_atomically(path_, as_bytes("not a database, but long enough to look like one")));
    EXPECT_EQ(count(*open()), 0);
    EXPECT_TRUE(std::filesystem::exists(path_ + ".broken"));
}

TEST_F(OwnFileTest, AFileOfAnotherVersionIsMovedAside) {
    add(*open(), "a");
    Form newer = form;
    newer.version = 4;
    EXPECT_EQ(count(*open(newer)), 0);
    EXPECT_TRUE(std::filesystem::exists(path_ + ".broken"));
}

TEST_F(OwnFileTest, AFailureChangesNothingAndIsReported) {
    const auto file = open();
    ASSERT_TRUE(add(*file, "a"));
    const auto failed = file->attempt("cannot add two", [](SQLite::Database& database) {
        database.exec("INSERT INTO names VALUES ('b')");
        database.exec("INSERT INTO names VALUES ('a')");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().what, "cannot add two");
    EXPECT_EQ(count(*file), 1);
}

TEST_F(OwnFileTest, AFolderThatCannotBeCreatedIsReported) {
    ASSERT_TRUE(write_file_atomically(folder_.path() + "/new", as_bytes("a file")));
    const auto opened = OwnFile::open(path_, form);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("the folder of the list"), std::string::npos)
        << opened.error().message();
}

}  // namespace
}  // namespace zg::sql
