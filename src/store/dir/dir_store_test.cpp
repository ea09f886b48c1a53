// Tests of the dir store only: its files on the disk, and foreign files among them.
#include "store/dir/dir_store.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/dir/testing/dir_fixture.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"
#include "store/testing/open_store.hpp"

namespace zg::store {
namespace {

namespace fs = std::filesystem;

const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs";

class DirStoreTest : public DirTest {
  protected:
    static mode_t mode_of(const std::string& file) {
        struct stat info{};
        EXPECT_EQ(::lstat(file.c_str(), &info), 0) << file;
        return info.st_mode & 07777U;
    }
    [[nodiscard]] std::vector<std::string> temporary_files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(path(".tmp")))
            names.push_back(entry.path().filename());
        return names;
    }
};

TEST_F(DirStoreTest, ObjectsAreFilesWithTheirNames) {
    const auto store = open();
    const Buffer content = test_bytes(2500);
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, content)), "");
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const std::map<std::string, std::string> expected{{".tmp/", ""},
                                                      {"archives/", ""},
                                                      {"archives/20261123T020000Z-7f3a9c21/", ""},
                                                      {segment, std::string(as_text(content))},
                                                      {"zglacier.json", "{}"}};
    EXPECT_EQ(tree_of(path()), expected);
}

TEST_F(DirStoreTest, OnlyTheOwnerCanAccessFoldersAndFiles) {
    const mode_t before = ::umask(0);
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store->put("a/b.json", as_bytes("{}"))), "");
    ASSERT_EQ(problem_of(store->thaw(segment, {})), "");
    ASSERT_EQ(problem_of(store->begin("archives/x/1.zfs", 1000, "")), "");
    ::umask(before);
    for (const auto& [name, content] : tree_of(path())) {
        const unsigned file = name == segment ? 0400U : 0600U;
        EXPECT_EQ(mode_of(path(name)), name.ends_with('/') ? 0700U : file) << name;
    }
}

TEST_F(DirStoreTest, ACompletionThatFailedLateCanBeRepeated) {
    const auto store = open("?thaw=1h");
    const Upload upload = store->begin(segment, 1000, "").value();
    const Part part = put_piece(*store, upload, 1, test_bytes(10));
    // As left by a first call that failed after everything had been written and read back.
    fs::permissions(path(".tmp/" + upload.id), fs::perms::owner_read);
    ASSERT_EQ(problem_of(store->complete(upload, {part})), "");
    EXPECT_EQ(store->thaw_state(segment).value().temperature, Temperature::cold);
}

TEST_F(DirStoreTest, RemoveAlsoRemovesTheFoldersItEmpties) {
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const auto before = tree_of(path());
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store->put("archives/other/manifest.json", as_bytes("{}"))), "");
    ASSERT_EQ(problem_of(store->thaw(segment, {})), "");
    EXPECT_TRUE(fs::exists(path(".thaw/" + segment)));
    ASSERT_EQ(problem_of(store->remove(segment)), "");
    EXPECT_FALSE(fs::exists(path(".thaw")));
    EXPECT_FALSE(fs::exists(path("archives/20261123T020000Z-7f3a9c21")));
    EXPECT_TRUE(fs::exists(path("archives/other/manifest.json")));
    ASSERT_EQ(problem_of(store->remove("archives/other/manifest.json")), "");
    EXPECT_EQ(tree_of(path()), before);
}

TEST_F(DirStoreTest, ListSkipsForeignFiles) {
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store->thaw(segment, {})), "");
    ASSERT_EQ(problem_of(store->begin("archives/x/1.zfs", 1000, "")), "");
    fs::create_directory(path("lost+found"));
    fs::create_directory(path("empty"));
    std::ofstream(path("lost+found/a")) << "x";
    std::ofstream(path("archives/.nfs0001")) << "x";
    std::ofstream(path("archives/a b")) << "x";
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(listed(*store, ""), std::vector{segment});
    EXPECT_TRUE(listed(*store, ".thaw/").empty());
    EXPECT_TRUE(listed(*store, ".tmp/").empty());
    EXPECT_EQ(kind_of(store->get("fifo")), ErrorKind::not_found);
    EXPECT_EQ(kind_of(store->stat("fifo")), ErrorKind::not_found);
    EXPECT_EQ(kind_of(store->stat("empty")), ErrorKind::not_found);
}

TEST_F(DirStoreTest, SymbolicLinksAreNotFollowed) {
    const std::string outside = folder_.path() + "/outside";
    fs::create_directory(outside);
    std::ofstream(outside + "/file") << "secret";
    fs::create_directory_symlink(outside, path("link"));
    fs::create_symlink(outside + "/file", path("leaf"));
    const auto store = open();
    EXPECT_TRUE(listed(*store, "").empty());
    EXPECT_TRUE(listed(*store, "leaf").empty());
    for (const char* name : {"link/file", "leaf"}) {
        EXPECT_EQ(kind_of(store->get(name)), ErrorKind::refused) << name;
        EXPECT_EQ(kind_of(store->stat(name)), ErrorKind::refused) << name;
    }
    EXPECT_EQ(kind_of(store->put("link/new", as_bytes("x"))), ErrorKind::refused);
    EXPECT_EQ(kind_of(store->put_new("link/new", as_bytes("x"))), ErrorKind::refused);
    EXPECT_EQ(kind_of(upload_segment(*store, "link/new", 10, test_bytes(5))), ErrorKind::refused);
    EXPECT_EQ(kind_of(store->remove("link/file")), ErrorKind::refused);
    EXPECT_EQ(tree_of(outside), (std::map<std::string, std::string>{{"file", "secret"}}));
    // A link in place of the temporary folder is not followed either.
    fs::remove_all(path(".tmp"));
    fs::create_directory_symlink(outside, path(".tmp"));
    EXPECT_EQ(kind_of(store->put("new", as_bytes("x"))), ErrorKind::refused);
    EXPECT_EQ(tree_of(outside).size(), 1U);
    // The root may be a link: where the store is kept is the user's choice.
    fs::create_directory_symlink(path(), folder_.path() + "/alias");
    fs::remove(path(".tmp"));
    const auto alias = open_local("dir:" + folder_.path() + "/alias", clock_, steps_);
    ASSERT_EQ(problem_of(alias), "");
    EXPECT_EQ(problem_of((*alias)->put("a", as_bytes("x"))), "");
}

TEST_F(DirStoreTest, AnObjectInPlaceOfAFolderIsAConflict) {
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("a", as_bytes("x"))), "");
    ASSERT_EQ(problem_of(store->put("b/c", as_bytes("x"))), "");
    const auto before = tree_of(path());
    EXPECT_EQ(kind_of(store->put("a/b", as_bytes("x"))), ErrorKind::conflict);
    EXPECT_EQ(kind_of(store->put_new("a/b", as_bytes("x"))), ErrorKind::conflict);
    EXPECT_EQ(kind_of(store->put("b", as_bytes("x"))), ErrorKind::conflict);
    EXPECT_EQ(kind_of(store->put_new("b", as_bytes("x"))), ErrorKind::conflict);
    EXPECT_EQ(tree_of(path()), before);
}

TEST_F(DirStoreTest, CompleteDetectsBytesThatHaveChangedOnTheDisk) {
    const auto store = open();
    const Buffer content = test_bytes(3000);
    const Upload upload = store->begin(segment, 1000, "").value();
    std::vector<Part> parts;
    for (const Bytes piece : pieces(content, 1000))
        parts.push_back(
            put_piece(*store, upload, static_cast<std::uint32_t>(parts.size() + 1), piece));
    const Fd file(::open(path(".tmp/" + upload.id).c_str(), O_RDWR | O_CLOEXEC));
    const std::byte other = ~content[1500];
    ASSERT_EQ(problem_of(write_fully_at(file.get(), Bytes(&other, 1), 1500, "")), "");
    EXPECT_EQ(kind_of(store->complete(upload, parts)), ErrorKind::damage);
    EXPECT_TRUE(temporary_files().empty());
    EXPECT_FALSE(fs::exists(path("archives")));
}

TEST_F(DirStoreTest, LeftoversOfHotObjectsAreRemovedButNotThoseBeingWritten) {
    const auto store = open();
    ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
    const auto before = tree_of(path());
    const std::string dead = "put~0000000000000001~archives~x~manifest.json";
    const std::string alive = "put~0000000000000002~catalog.json";
    fs::create_directories(path("archives/x"));
    fs::create_directories(path("archives/y"));
    std::ofstream(path(".tmp/" + dead)) << "half";
    std::ofstream(path(".tmp/" + alive)) << "half";
    {
        const Fd writer(::open(path(".tmp/" + alive).c_str(), O_RDWR | O_CLOEXEC));
        ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
        EXPECT_EQ(listed(*store, ""), std::vector<std::string>{"zglacier.json"});
        EXPECT_TRUE(store->uploads("").value().empty());
        EXPECT_EQ(temporary_files(), std::vector{alive});
    }
    EXPECT_TRUE(store->uploads("").value().empty());
    EXPECT_EQ(tree_of(path()), before);
}

TEST_F(DirStoreTest, UploadsOfOtherStoresAreRefusedAndForeignFilesIgnored) {
    const auto store = open();
    const Upload upload = store->begin(segment, 1000, "").value();
    for (const char* name :
         {"up~x", "up~0000000000000001~x~1~a", "up~0000000000000001~5~1~..~a", "README"})
        std::ofstream(path(std::string(".tmp/") + name)) << "x";
    EXPECT_EQ(store->uploads("").value().size(), 1U);
    Upload wrong = upload;
    wrong.name = "archives/other";
    Upload outside = upload;
    outside.id = "../" + upload.id;
    const Buffer bytes = test_bytes(5);
    for (const Upload& bad : {wrong, outside, Upload{.name = "a", .id = "README"}}) {
        EXPECT_EQ(kind_of(store->put_part(bad, 1, bytes, codec::sha256(bytes))), ErrorKind::usage);
        EXPECT_EQ(kind_of(store->complete(bad, {})), ErrorKind::usage);
        EXPECT_EQ(kind_of(store->abort(bad)), ErrorKind::usage);
    }
    EXPECT_EQ(temporary_files().size(), 5U);
}

TEST_F(DirStoreTest, AnInvalidThawRecordIsDamage) {
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store->thaw(segment, {})), "");
    for (const char* text : {"", "{", "[]", "{\"requested\": 1}",
                             "{\"requested\": \"1\", \"ready\": 2, \"until\": 3}"}) {
        std::ofstream(path(".thaw/" + segment)) << text;
        EXPECT_EQ(kind_of(store->thaw_state(segment)), ErrorKind::damage) << text;
    }
    ASSERT_EQ(problem_of(store->remove(segment)), "");
    EXPECT_FALSE(fs::exists(path(".thaw")));
}

TEST_F(DirStoreTest, AThawDoesNotApplyToALaterSegmentOfTheSameName) {
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    ASSERT_EQ(problem_of(store->thaw(segment, {})), "");
    fs::remove(path(segment));  // by hand, not by remove()
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    EXPECT_EQ(store->thaw_state(segment).value().temperature, Temperature::cold);
    EXPECT_FALSE(fs::exists(path(".thaw")));
}

TEST_F(DirStoreTest, PutNewSucceedsInExactlyOneOfSeveralProcesses) {
    constexpr int count = 6;
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto made =
                open()->put_new("archives/x/manifest.json", as_bytes(std::to_string(i)));
            ::_exit(made ? 0 : made.error().kind == ErrorKind::conflict ? 1 : 2);
        }
        children.push_back(child);
    }
    int winners = 0;
    int losers = 0;
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        winners += WEXITSTATUS(status) == 0 ? 1 : 0;
        losers += WEXITSTATUS(status) == 1 ? 1 : 0;
    }
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(losers, count - 1);
}

TEST_F(DirStoreTest, MissingPermissionsAreRefusedWithAHint) {
    const auto store = open();
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    if (::geteuid() == 0) {
        // Root may do anything: become another user for this.
        fs::permissions(folder_.path(), fs::perms{0755});
        ASSERT_EQ(::seteuid(65534), 0);
    } else {
        fs::permissions(path(), fs::perms{0});
    }
    const auto put = store->put("a", as_bytes("x"));
    const auto list = store->list("");
    const auto get = store->get(segment);
    const auto reopened = try_open();
    if (::getuid() == 0) {
        ASSERT_EQ(::seteuid(0), 0);
    } else {
        fs::permissions(path(), fs::perms{0700});
    }
    for (const auto& kind : {kind_of(put), kind_of(list), kind_of(get)})
        EXPECT_EQ(kind, ErrorKind::refused);
    EXPECT_FALSE(put.error().hint.empty());
    EXPECT_TRUE(list.error().where.starts_with(url())) << list.error().where;
    if (!reopened) {
        EXPECT_EQ(kind_of(reopened), ErrorKind::refused);
    }
    EXPECT_EQ(listed(*store, ""), std::vector{segment});
}

TEST_F(DirStoreTest, AReplacedFolderIsNotWrittenTo) {
    const auto store = open("?thaw=1h");
    ASSERT_EQ(problem_of(upload_segment(*store, segment, 1000, test_bytes(10))), "");
    const Upload upload = store->begin("archives/x/1.zfs", 1000, "").value();
    const Buffer bytes = test_bytes(5);
    const Part part = put_piece(*store, upload, 1, bytes);
    fs::rename(path(), folder_.path() + "/moved");
    const auto before = tree_of(folder_.path() + "/moved");
    const auto fails = [&] {
        for (const auto& kind :
             {kind_of(store->begin("b", 10, "")),
              kind_of(store->put_part(upload, 1, bytes, codec::sha256(bytes))),
              kind_of(store->complete(upload, {part})), kind_of(store->abort(upload)),
              kind_of(store->put("a", bytes)), kind_of(store->put_new("a", bytes)),
              kind_of(store->remove(segment)), kind_of(store->thaw(segment, {}))})
            EXPECT_EQ(kind, ErrorKind::io);
        EXPECT_FALSE(store->put("a", bytes).error().hint.empty());
        EXPECT_EQ(tree_of(folder_.path() + "/moved"), before);
    };
    fails();
    fs::create_directory(path());
    fails();
    EXPECT_TRUE(fs::is_empty(path()));
    fs::remove(path());
    fs::rename(folder_.path() + "/moved", path());
    EXPECT_EQ(problem_of(store->complete(upload, {part})), "");
}

}  // namespace
}  // namespace zg::store
