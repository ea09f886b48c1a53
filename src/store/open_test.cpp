#include "store/open.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "store/dir/testing/dir_fixture.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

namespace fs = std::filesystem;

class OpenTest : public DirTest {
  protected:
    Result<std::unique_ptr<Store>> open_url(const std::string& url, bool create = false) {
        return open_store(url, {.environment = environment_,
                                .clock = clock_,
                                .random = random_,
                                .log = log_,
                                .steps = steps_,
                                .create = create});
    }

    Environment environment_;
    SystemRandom random_;
    NoLog log_;
};

TEST_F(OpenTest, InvalidUrlsAreUsageErrorsWithAHint) {
    for (const std::string& wrong :
         {std::string(), std::string("/path"), std::string("dir:"), std::string("dir:?thaw=5s"),
          std::string("ftp://host/x"), std::string("Dir:/x"), url("?cold=1"), url("?thaw"),
          url("?thaw="), url("?thaw=5x"), url("?thaw=1s&thaw=2s"), url("?thaw=1s&x")}) {
        const auto opened = open_url(wrong);
        ASSERT_FALSE(opened) << wrong;
        EXPECT_EQ(opened.error().kind, ErrorKind::usage) << wrong;
        EXPECT_FALSE(opened.error().hint.empty()) << wrong;
    }
    EXPECT_NE(open_url("ftp:x").error().hint.find("dir:/path"), std::string::npos);
}

TEST_F(OpenTest, TheUrlShownIsAbsoluteAndNormalized) {
    EXPECT_EQ(open_url(url()).value()->url(), url());
    EXPECT_EQ(open_url(url() + "/").value()->url(), url());
    EXPECT_EQ(open_url("dir://" + folder_.path() + "//x/../store").value()->url(), url());
    EXPECT_EQ(open_url(url("?thaw=1h")).value()->url(), url("?thaw=3600s"));
    EXPECT_EQ(open_url(url("?")).value()->url(), url());
    const fs::path before = fs::current_path();
    fs::current_path(folder_.path());
    const auto relative = open_url("dir:store");
    fs::current_path(before);
    ASSERT_EQ(problem_of(relative), "");
    EXPECT_EQ((*relative)->url(), "dir:" + fs::path(folder_.path()).string() + "/store");
    EXPECT_EQ(problem_of((*relative)->put("a", as_bytes("x"))), "");
}

TEST_F(OpenTest, OnlyAThawOptionMakesAStoreCold) {
    EXPECT_FALSE(open_url(url()).value()->limits().cold);
    EXPECT_TRUE(open_url(url("?thaw=0")).value()->limits().cold);
    EXPECT_TRUE(open_url(url("?thaw=2d")).value()->limits().cold);
}

TEST_F(OpenTest, TheFolderMustExistUnlessItIsToBeCreated) {
    const std::string missing = url() + "-missing";
    const auto opened = open_url(missing);
    EXPECT_EQ(kind_of(opened), ErrorKind::not_found);
    EXPECT_FALSE(opened.error().hint.empty());
    EXPECT_EQ(problem_of(open_url(missing, true)), "");
    EXPECT_EQ(problem_of(open_url(missing, true)), "");
    EXPECT_EQ(problem_of(open_url(missing)), "");
    EXPECT_EQ(fs::status(missing.substr(4)).permissions(), fs::perms{0700});
    EXPECT_EQ(kind_of(open_url(url() + "/no/parent", true)), ErrorKind::not_found);
}

TEST_F(OpenTest, AFileIsNotAStore) {
    std::ofstream(path("file")) << "x";
    for (const bool create : {false, true})
        EXPECT_EQ(kind_of(open_url(url() + "/file", create)), ErrorKind::usage);
}

}  // namespace
}  // namespace zg::store
