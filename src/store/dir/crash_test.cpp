// Kills the dir store's process before each system call that changes something. Afterwards the
// store shows the old or the new state, and once its uploads are aborted no other files are left.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "store/dir/testing/dir_fixture.hpp"
#include "store/store.hpp"
#include "store/testing/helpers.hpp"
#include "store/testing/open_store.hpp"

namespace zg::store {
namespace {

namespace fs = std::filesystem;

const std::string segment = "archives/20261123T020000Z-7f3a9c21/000001.zfs";

class KillAt final : public Steps {
  public:
    explicit KillAt(int step) : left_(step) {}
    void at(std::string_view) override {
        if (--left_ == 0) ::kill(::getpid(), SIGKILL);
    }

  private:
    int left_;
};

/// From now on this process cannot rename without replacing, as on NFS.
void forbid_renameat2() {
    std::array<sock_filter, 4> program{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog filter{.len = program.size(), .filter = program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        ::_exit(99);
}

enum class End { success, failure, killed };

struct Scenario {
    std::string name;
    std::function<void(Store&)> prepare;
    std::function<bool(Store&)> act;  ///< can be repeated after a crash
    /// only the old or the new files may exist, not even an empty folder, before it is repeated
    bool exact = true;
};

class DirCrash : public DirTest, public testing::WithParamInterface<std::tuple<Scenario, bool>> {
  protected:
    /// Runs the act in a child process that is killed at step `step`, if it has that many.
    End run(int step) {
        const auto& [scenario, without_renameat2] = GetParam();
        const pid_t child = ::fork();
        if (child == 0) {
            if (without_renameat2) forbid_renameat2();
            KillAt steps(step);
            const auto store = open_local(url("?thaw=1h"), clock_, steps);
            ::_exit(store && scenario.act(**store) ? 0 : 1);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) return End::killed;
        return WEXITSTATUS(status) == 0 ? End::success : End::failure;
    }

    void start_anew() {
        fs::remove_all(path());
        fs::create_directory(path());
        const auto store = open("?thaw=1h");
        ASSERT_EQ(problem_of(store->put("zglacier.json", as_bytes("{}"))), "");
        std::get<0>(GetParam()).prepare(*store);
    }

    static std::map<std::string, Buffer> objects_of(Store& store) {
        std::map<std::string, Buffer> objects;
        for (const std::string& name : listed(store, "")) {
            const auto state = store.thaw_state(name);
            EXPECT_EQ(problem_of(state), "");
            objects[name] = store.get(name).value_or(to_buffer("cold"));
        }
        return objects;
    }

    void abort_all(Store& store) {
        const auto uploads = store.uploads("");
        ASSERT_EQ(problem_of(uploads), "");
        for (const Upload& upload : *uploads) EXPECT_EQ(problem_of(store.abort(upload)), "");
    }
};

TEST_P(DirCrash, LeavesTheOldOrTheNewState) {
    start_anew();
    const auto old_tree = tree_of(path());
    const auto old_objects = objects_of(*open("?thaw=1h"));
    ASSERT_EQ(run(0), End::success);
    const auto new_tree = tree_of(path());
    const auto new_objects = objects_of(*open("?thaw=1h"));
    int kills = 0;
    for (int step = 1;; ++step) {
        SCOPED_TRACE("killed at step " + std::to_string(step));
        start_anew();
        const End end = run(step);
        ASSERT_NE(end, End::failure);
        if (end == End::success) break;
        ++kills;
        const auto store = open("?thaw=1h");
        const auto objects = objects_of(*store);
        EXPECT_TRUE(objects == old_objects || objects == new_objects);
        abort_all(*store);
        EXPECT_EQ(objects_of(*store), objects);
        const auto tree = tree_of(path());
        if (std::get<0>(GetParam()).exact) {
            EXPECT_TRUE(tree == old_tree || tree == new_tree) << testing::PrintToString(tree);
        }
        // An act that was completed before the crash may end with a conflict the second time.
        if (objects != new_objects || new_objects == old_objects)
            EXPECT_EQ(run(0), End::success);
        else
            run(0);
        EXPECT_EQ(tree_of(path()), new_tree);
    }
    EXPECT_GE(kills, 3);
}

bool upload_two_parts(Store& store) {
    return upload_segment(store, segment, 1000, test_bytes(1500)).has_value();
}

std::vector<Scenario> scenarios() {
    const auto nothing = [](Store&) {};
    const auto with_segment = [](Store& store) { ASSERT_TRUE(upload_two_parts(store)); };
    const auto thawed = [](Store& store) {
        ASSERT_TRUE(upload_two_parts(store));
        ASSERT_TRUE(store.thaw(segment, {}));
    };
    // The file left by a hot object's writer that was killed just before the rename.
    const auto leftover = [](Store& store) {
        const std::string root = store.url().substr(4, store.url().find('?') - 4);
        fs::create_directories(root + "/archives/x");
        std::ofstream(root + "/.tmp/put~0123456789abcdef~archives~x~manifest.json") << "half";
    };
    const std::string manifest = "archives/20261123T020000Z-7f3a9c21/manifest.json";
    return {
        {"upload", nothing, upload_two_parts},
        {"upload_beside_another",
         [](Store& store) { ASSERT_TRUE(store.put("archives/x/manifest.json", as_bytes("m"))); },
         upload_two_parts},
        {"put_new", nothing,
         [=](Store& store) { return store.put_new(manifest, as_bytes("new")).has_value(); }},
        {"put_over", [=](Store& store) { ASSERT_TRUE(store.put(manifest, as_bytes("the old"))); },
         [=](Store& store) { return store.put(manifest, as_bytes("new")).has_value(); }},
        {"collect_leftovers", leftover, [](Store& store) { return store.uploads("").has_value(); }},
        {"abort", nothing,
         [](Store& store) {
             const auto upload = store.begin(segment, 1000, "");
             return upload && store.abort(*upload);
         }},
        {"thaw", with_segment, [](Store& store) { return store.thaw(segment, {}).has_value(); }},
        {"remove", with_segment, [](Store& store) { return store.remove(segment).has_value(); },
         false},
        {"remove_thawed", thawed, [](Store& store) { return store.remove(segment).has_value(); },
         false},
    };
}

std::string crash_name(const testing::TestParamInfo<DirCrash::ParamType>& info) {
    const auto& [scenario, without_renameat2] = info.param;
    return scenario.name + (without_renameat2 ? "_by_link" : "");
}

INSTANTIATE_TEST_SUITE_P(Own, DirCrash,
                         testing::Combine(testing::ValuesIn(scenarios()), testing::Bool()),
                         crash_name);

using DirCompleteTest = DirTest;

TEST_F(DirCompleteTest, ResumesAfterACrashBetweenTheTwoNames) {
    // Without a rename that does not replace, the segment has both names for a moment.
    const auto store = open();
    const Buffer content = test_bytes(10);
    const Upload upload = store->begin(segment, 1000, "").value();
    const Part part = put_piece(*store, upload, 1, content);
    fs::create_directories(fs::path(path(segment)).parent_path());
    fs::create_hard_link(path(".tmp/" + upload.id), path(segment));
    EXPECT_EQ(store->uploads("").value().size(), 1U);
    ASSERT_EQ(problem_of(store->complete(upload, {part})), "");
    EXPECT_TRUE(store->uploads("").value().empty());
    EXPECT_EQ(store->get(segment).value(), content);
}

TEST_F(DirCompleteTest, KeepsTheContractWithoutRenameat2) {
    const pid_t child = ::fork();
    if (child == 0) {
        forbid_renameat2();
        const auto store = open();
        const bool good = upload_two_parts(*store) && store->put_new("a", as_bytes("x")) &&
                          kind_of(store->put_new("a", as_bytes("y"))) == ErrorKind::conflict &&
                          store->put("a", as_bytes("z")) &&
                          kind_of(store->put_new(segment, {})) == ErrorKind::conflict;
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(open()->get(segment).value(), test_bytes(1500));
    EXPECT_EQ(open()->get("a").value(), to_buffer("z"));
}

}  // namespace
}  // namespace zg::store
