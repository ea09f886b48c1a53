// The dir store on a filesystem that is full, read-only or gone. Needs permission to mount.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/dir/testing/dir_fixture.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

namespace fs = std::filesystem;

const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs";
constexpr std::size_t mib = std::size_t{1} << 20;

class DirMountTest : public DirTest {
  protected:
    void SetUp() override {
        DirTest::SetUp();
        mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, "size=2m,mode=0700") == 0;
        if (!mounted_)
            GTEST_SKIP() << "cannot mount here: " << std::generic_category().message(errno);
    }
    void TearDown() override { unmount(); }

    void unmount() {
        if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
        mounted_ = false;
    }
    [[nodiscard]] std::uint64_t free_blocks() const {
        struct statvfs info{};
        EXPECT_EQ(::statvfs(path().c_str(), &info), 0);
        return info.f_bfree;
    }

    bool mounted_ = false;
};

TEST_F(DirMountTest, AFullDiskIsReportedAndItsSpaceIsFreed) {
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const auto before = tree_of(path());
    const std::uint64_t free = free_blocks();
    const Buffer large = test_bytes(3 * mib);
    for (const auto& put :
         {store->put("archives/x/a.json", large), store->put_new("archives/x/b.json", large),
          store->put("zglacier.json", large)}) {
        EXPECT_EQ(kind_of(put), ErrorKind::full);
        EXPECT_FALSE(put.error().hint.empty());
        EXPECT_TRUE(put.error().where.starts_with(url())) << put.error().where;
        EXPECT_EQ(tree_of(path()), before);
        EXPECT_EQ(free_blocks(), free);
    }

    const Upload upload = store->begin(segment, mib, "").value();
    const Buffer part = test_bytes(mib);
    put_piece(*store, upload, 1, part);
    EXPECT_EQ(kind_of(store->put_part(upload, 2, part, codec::sha256(part))), ErrorKind::full);
    EXPECT_EQ(listed(*store, ""), std::vector<std::string>{"zglacier.json"});
    EXPECT_EQ(problem_of(store->abort(upload)), "");
    EXPECT_EQ(tree_of(path()), before);
    EXPECT_EQ(free_blocks(), free);
    EXPECT_EQ(problem_of(upload_segment(*store, segment, mib, part)), "");
}

TEST_F(DirMountTest, APartCanBeRepeatedOnceThereIsSpace) {
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("filler", test_bytes(mib + mib / 2))), "");
    const Upload upload = store->begin(segment, mib, "").value();
    const Buffer content = test_bytes(mib);
    EXPECT_EQ(kind_of(store->put_part(upload, 1, content, codec::sha256(content))),
              ErrorKind::full);
    ASSERT_EQ(problem_of(store->remove("filler")), "");
    const Part part = put_piece(*store, upload, 1, content);
    EXPECT_EQ(problem_of(store->complete(upload, {part})), "");
}

TEST_F(DirMountTest, AReadOnlyFilesystemCanBeReadAndRefusesWrites) {
    auto store = open("?thaw=1h");
    const Buffer content = test_bytes(10);
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, content)), "");
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const Upload upload = store->begin("archives/x/1.zfs", 1000, "").value();
    ASSERT_EQ(::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
    for (const auto& kind :
         {kind_of(store->begin("archives/y/1.zfs", 10, "")),
          kind_of(store->put_part(upload, 1, content, codec::sha256(content))),
          kind_of(store->abort(upload)), kind_of(store->put("a", content)),
          kind_of(store->put_new("a", content)), kind_of(store->put("zglacier.json", content)),
          kind_of(store->remove(segment)), kind_of(store->thaw(segment, {}))})
        EXPECT_EQ(kind, ErrorKind::refused);
    EXPECT_FALSE(store->put("a", content).error().hint.empty());
    EXPECT_EQ(listed(*store, "").size(), 2U);
    EXPECT_EQ(store->uploads("").value().size(), 1U);
    EXPECT_EQ(store->get("zglacier.json").value(), to_buffer("{}"));
    store = open();
    EXPECT_EQ(store->get(segment).value(), content);
}

TEST_F(DirMountTest, AVanishedMountIsNoticedBeforeAnythingIsWritten) {
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const Upload upload = store->begin(segment, 1000, "").value();
    const Buffer content = test_bytes(10);
    const Part part = put_piece(*store, upload, 1, content);
    unmount();
    for (const auto& kind :
         {kind_of(store->begin("archives/y/1.zfs", 10, "")),
          kind_of(store->put_part(upload, 1, content, codec::sha256(content))),
          kind_of(store->complete(upload, {part})), kind_of(store->put("a", content)),
          kind_of(store->put_new("a", content)), kind_of(store->remove("zglacier.json"))})
        EXPECT_EQ(kind, ErrorKind::io);
    EXPECT_TRUE(fs::is_empty(path()));
    // A later run opens the empty folder under the mount point, and finds no store in it.
    EXPECT_EQ(kind_of(open()->get("zglacier.json")), ErrorKind::not_found);
}

TEST_F(DirMountTest, ALateMountIsNoticedToo) {
    unmount();
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, "size=2m") == 0;
    ASSERT_TRUE(mounted_);
    EXPECT_EQ(kind_of(store->put("a", as_bytes("x"))), ErrorKind::io);
    EXPECT_TRUE(fs::is_empty(path()));
}

}  // namespace
}  // namespace zg::store
