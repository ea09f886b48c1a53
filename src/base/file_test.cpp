#include "base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
  protected:
    FileTest() {
        std::string pattern = testing::TempDir() + "file_test.XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileTest() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::size_t file_count() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
    }

    std::string folder_;
};

TEST_F(FileTest, FdClosesOnceAndMoves) {
    Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = first.get();
    ASSERT_GE(number, 0);
    Fd second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT: a moved-from Fd is empty by contract
    EXPECT_EQ(second.get(), number);
    second.reset();
    EXPECT_FALSE(second);
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST_F(FileTest, WritesAtomicallyWithModeAndLeavesNothingElse) {
    ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("one")));
    ASSERT_TRUE(write_file_atomically(path("a"), as_bytes("two, longer")));
    const auto content = read_file(path("a"), 100);
    ASSERT_TRUE(content);
    EXPECT_EQ(as_text(*content), "two, longer");
    struct stat info{};
    ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U);
    EXPECT_EQ(file_count(), 1U);
}

TEST_F(FileTest, AFailedWriteRemovesItsTemporaryFile) {
    fs::create_directory(path("folder"));
    const auto written = write_file_atomically(path("folder"), as_bytes("x"));
    ASSERT_FALSE(written);
    EXPECT_EQ(file_count(), 1U);
    const auto nowhere = write_file_atomically(path("missing/a"), as_bytes("x"));
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().kind, ErrorKind::not_found);
}

TEST_F(FileTest, ReadFileKeepsToItsLimit) {
    ASSERT_TRUE(write_file_atomically(path("a"), Buffer(100'000, std::byte{7})));
    const auto whole = read_file(path("a"), 100'000);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->size(), 100'000U);
    const auto over = read_file(path("a"), 99'999);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().kind, ErrorKind::damage);
    const auto missing = read_file(path("b"), 1);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
    const auto sizeless = read_file("/proc/self/stat", 1 << 20);
    ASSERT_TRUE(sizeless);
    EXPECT_FALSE(sizeless->empty());
}

TEST_F(FileTest, ReadsAndWritesAtOffsets) {
    const Fd file(::open(path("a").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(write_fully_at(file.get(), as_bytes("world"), 6, "a"));
    ASSERT_TRUE(write_fully_at(file.get(), as_bytes("hello "), 0, "a"));
    Buffer into(20);
    EXPECT_EQ(read_fully_at(file.get(), into, 0, "a").value(), 11U);
    EXPECT_EQ(as_text(Bytes(into).first(11)), "hello world");
    EXPECT_EQ(read_fully_at(file.get(), into, 11, "a").value(), 0U);
    EXPECT_TRUE(sync_file(file.get(), "a"));
    EXPECT_TRUE(sync_folder(folder_));
}

TEST_F(FileTest, ErrorsNameTheFile) {
    const Fd file(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const auto written = write_fully(file.get(), as_bytes("x"), "dir:/store/x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::full);
    EXPECT_EQ(written.error().where, "dir:/store/x");
    EXPECT_FALSE(written.error().hint.empty());
}

}  // namespace
}  // namespace zg
