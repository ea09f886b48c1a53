#include "ops/backup/backup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/read/fetch.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "catalog/catalog.hpp"
#include "catalog/chain.hpp"
#include "codec/sha256.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "store/store.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/forwarding_store.hpp"
#include "stream/testing/builder.hpp"
#include "zfs/testing/fake_zfs.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* home = "vat/home";
constexpr std::uint64_t kib = 1024;

/// A store that fails at its n-th changing call, or from that call on.
class BrokenStore final : public store::ForwardingStore {
  public:
    using ForwardingStore::ForwardingStore;
    Result<store::Upload> begin(std::string_view name, std::uint64_t part_size,
                                std::string_view description) override {
        return call<store::Upload>([&] { return inner_.begin(name, part_size, description); });
    }
    Result<store::Part> put_part(const store::Upload& upload, std::uint32_t number, Bytes bytes,
                                 const codec::Sha256Digest& sha256) override {
        return call<store::Part>([&] { return inner_.put_part(upload, number, bytes, sha256); });
    }
    Result<store::Stat> complete(const store::Upload& upload,
                                 const std::vector<store::Part>& parts) override {
        auto done = call<store::Stat>([&] { return inner_.complete(upload, parts); });
        completed += done.has_value();
        return done;
    }
    Result<void> put_new(std::string_view name, Bytes bytes) override {
        return call<void>([&] { return inner_.put_new(name, bytes); });
    }

    std::size_t calls = 0;
    std::size_t fail_at = 0;        ///< from 1; 0: never
    bool fails_afterwards = false;  ///< the call takes effect, and its answer is lost
    std::size_t completed = 0;

  private:
    template <class T>
    Result<T> call(const std::function<Result<T>()>& act) {
        const bool fails = ++calls == fail_at;
        const auto failure = [] {
            return fail({.kind = ErrorKind::unavailable, .what = "a fault injected by the test"});
        };
        if (fails && !fails_afterwards) return failure();
        auto done = act();
        return fails ? Result<T>(failure()) : std::move(done);
    }
};

class BackupTest : public testing::Test {
  protected:
    BackupTest() {
        zfs.create(home);
        options.dataset = home;
        options.segment_size = 32 * kib;
        options.part_size = 16 * kib;
        options.compression = {.automatic = false, .wanted = {}};
    }

    /// A stream as zfs send would give: `blocks` of 4 KiB.
    Buffer stream_of(std::uint64_t from, std::uint64_t to) const {
        stream::testing::Builder builder;
        builder.begin(to + wrong_guid, from);
        for (unsigned i = 1; i <= blocks; ++i) builder.object(i).write(i, 0, 4096);
        builder.end();
        return builder.bytes();
    }

    Result<BackupReport> run() {
        clock.advance(std::chrono::hours(24));
        return backup(context, zfs, options);
    }
    BackupReport must_run() {
        auto report = run();
        EXPECT_TRUE(report) << report.error().message();
        return report ? *std::move(report) : BackupReport{};
    }

    /// The snapshots of the dataset, by name.
    std::vector<std::string> snapshots() const {
        std::vector<std::string> names;
        for (const zfs::Snapshot& snapshot : zfs.dataset(home).snapshots)
            names.push_back(snapshot.name);
        return names;
    }
    std::size_t hold_count() const {
        std::size_t count = 0;
        for (const std::string& name : snapshots())
            count += zfs.holds(std::string(home) + "@" + name).size();
        return count;
    }

    /// Whatever happened before, the newest archive can be restored and nothing is left over.
    void expect_whole(std::size_t archives) {
        const auto view = archive::read_all_manifests(context.archives);
        ASSERT_TRUE(view) << view.error().message();
        ASSERT_THAT(view->archives, SizeIs(archives));
        EXPECT_THAT(view->unreadable, IsEmpty());
        const catalog::Chains chains(view->archives);
        for (std::size_t i = 0; i < archives; ++i) {
            EXPECT_TRUE(chains.way_to(i));
            BufferSink sink;
            const auto fetched = archive::fetch_archive(context, view->archives[i], sink);
            EXPECT_TRUE(fetched) << fetched.error().message();
        }
        for (const store::Entry& object : view->objects)
            EXPECT_FALSE(view->is_orphan(object)) << object.name;
        EXPECT_THAT(*memory.uploads(""), IsEmpty());
        EXPECT_EQ(hold_count(), 0U);
    }

    /// There are more archives than `before`, and the newest builds on the one before it. Returns
    /// their number.
    std::size_t expect_next_of(std::size_t before) {
        const auto view = archive::read_all_manifests(context.archives);
        EXPECT_TRUE(view && view->archives.size() > before);
        if (!view || view->archives.size() < 2) return before;
        const std::size_t count = view->archives.size();
        EXPECT_EQ(view->archives[count - 1].from_guid, view->archives[count - 2].to_guid);
        expect_whole(count);
        EXPECT_THAT(snapshots(), SizeIs(1));
        return count;
    }

    unsigned blocks = 8;
    std::uint64_t wrong_guid = 0;  ///< added to the guid in the stream
    ManualClock clock;
    KeptLog log;
    Environment environment;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    TemporaryFolder folder;
    store::MemoryStore memory{clock};
    BrokenStore store{memory};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Context context{{.archives = {.store = store,
                                  .store_id = std::string(32, 'a'),
                                  .store_options = {},
                                  .catalog = catalog},
                     .effort = {.threads = false},
                     .world = {environment, clock, random, steps, log, progress}},
                    {.host = "host", .machine_id = "machine", .state_dir = folder.path()}};
    zfs::FakeZfs zfs{[this](const zfs::SendSpec&, std::uint64_t from, std::uint64_t to) {
        return stream_of(from, to);
    }};
    BackupOptions options;
};

TEST_F(BackupTest, TheFirstArchiveIsFullAndLaterOnesAreIncremental) {
    const BackupReport first = must_run();
    ASSERT_TRUE(first.archive);
    EXPECT_TRUE(first.archive->full());
    EXPECT_EQ(first.base, std::nullopt);
    const BackupReport second = must_run();
    ASSERT_TRUE(second.archive);
    EXPECT_EQ(second.archive->from_guid, first.archive->to_guid);
    EXPECT_EQ(second.base, first.archive->archive_id);
    EXPECT_EQ(second.archive->snapshot, snapshots().back());
    expect_whole(2);
    // The newest snapshot stays, with a bookmark of each.
    EXPECT_THAT(snapshots(), SizeIs(1));
    EXPECT_THAT(zfs.dataset(home).bookmarks, SizeIs(2));
    EXPECT_EQ(zfs.dataset(home).snapshots.front().mark, context.archives.store_id);
}

TEST_F(BackupTest, NothingWrittenTakesNoSnapshot) {
    must_run();
    zfs.written = 0;
    zfs.changes.clear();
    const BackupReport report = must_run();
    EXPECT_EQ(report.outcome, BackupReport::Outcome::unchanged);
    EXPECT_THAT(report.reason, HasSubstr("nothing was written since vat/home@zglacier-"));
    EXPECT_THAT(zfs.changes, IsEmpty());
    expect_whole(1);
}

TEST_F(BackupTest, AStreamWithoutChangesLeavesTheOldBase) {
    zfs.can.written = false;
    zfs.can.bookmarks = false;
    must_run();
    const auto before = snapshots();
    blocks = 0;
    const BackupReport report = must_run();
    EXPECT_EQ(report.outcome, BackupReport::Outcome::unchanged);
    EXPECT_EQ(snapshots(), before);
    expect_whole(1);
    blocks = 8;
    EXPECT_TRUE(must_run().base) << "the next archive builds on it";
    expect_whole(2);
}

TEST_F(BackupTest, AFailedSendDoesNotCountAsUnchanged) {
    zfs.can.written = false;
    must_run();
    blocks = 0;
    zfs.send_ends = {.success = false,
                     .pipe_closed = false,
                     .error = {.kind = ErrorKind::zfs, .what = "zfs send failed"}};
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().what, "zfs send failed");
    zfs.send_ends = {};
    expect_whole(1);
}

TEST_F(BackupTest, ADryRunReportsWhatARunDoesAndChangesNothing) {
    for (int round = 0; round < 3; ++round) {
        options.dry_run = true;
        zfs.changes.clear();
        store.calls = 0;
        const auto objects = memory.list("")->size();
        const BackupReport preview = must_run();
        EXPECT_EQ(preview.outcome, BackupReport::Outcome::dry_run);
        EXPECT_THAT(zfs.changes, IsEmpty());
        EXPECT_EQ(store.calls, 0U);
        EXPECT_EQ(memory.list("")->size(), objects);
        options.dry_run = false;
        const BackupReport report = must_run();
        EXPECT_EQ(preview.send_flags, report.send_flags);
        EXPECT_EQ(preview.base, report.base);
        EXPECT_EQ(preview.reason, report.reason);
        EXPECT_EQ(preview.compression, report.compression);
        ASSERT_TRUE(report.archive);
        EXPECT_EQ(report.archive->send_flags, report.send_flags);
        // From the second round on the base is a bookmark, which not every ZFS sends with -p.
        for (const std::string& name : snapshots()) zfs.lose(std::string(home) + "@" + name);
    }
    EXPECT_THAT(must_run().send_flags, testing::Not(HasSubstr("-p")));
    zfs.properties_from_bookmark = true;
    for (const std::string& name : snapshots()) zfs.lose(std::string(home) + "@" + name);
    EXPECT_THAT(must_run().send_flags, HasSubstr("-p"));
}

TEST_F(BackupTest, AnExistingSnapshotIsStoredOnce) {
    zfs.take("vat/home@monthly");
    options.snapshot = "monthly";
    ASSERT_TRUE(must_run().archive);
    EXPECT_EQ(must_run().outcome, BackupReport::Outcome::unchanged);
    EXPECT_THAT(snapshots(), ElementsAre("monthly"));
    options.snapshot = "none";
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::not_found);
    expect_whole(1);
}

TEST_F(BackupTest, WithoutABaseTheNextArchiveIsFull) {
    must_run();
    zfs.create(home);  // another dataset of the same name
    const BackupReport report = must_run();
    ASSERT_TRUE(report.archive);
    EXPECT_TRUE(report.archive->full());
    expect_whole(2);
}

TEST_F(BackupTest, AnotherStreamThanTheSnapshotsIsNotStored) {
    wrong_guid = 1;
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::damage);
    wrong_guid = 0;
    EXPECT_THAT(snapshots(), IsEmpty());
    expect_whole(0);
}

TEST_F(BackupTest, AnInterruptedUploadIsResumed) {
    blocks = 50;
    store.fail_at = 10;
    const auto broken = run();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().kind, ErrorKind::unavailable);
    ASSERT_GT(store.completed, 0U);
    EXPECT_EQ(hold_count(), 1U) << "the snapshot is kept for it";
    EXPECT_TRUE(log.all().contains("the same command resumes it"));
    const auto snapshot = snapshots();

    options.dry_run = true;
    const BackupReport preview = must_run();
    EXPECT_TRUE(preview.resumed);
    options.dry_run = false;
    const std::size_t before = store.completed;
    zfs.written = 0;
    const BackupReport report = must_run();
    EXPECT_TRUE(report.resumed);
    ASSERT_TRUE(report.archive);
    EXPECT_EQ(preview.reason, report.reason);
    EXPECT_EQ(report.archive->segments.size() - (store.completed - before), before)
        << "only the rest is stored";
    EXPECT_EQ(report.archive->snapshot, snapshot.back());
    expect_whole(1);
}

TEST_F(BackupTest, AnUnfinishedArchiveIsGivenUpOnRequest) {
    blocks = 50;
    store.fail_at = 10;
    ASSERT_FALSE(run());
    const std::string given_up = read_journal(context)->front().archive_id;
    options.restart = true;
    clock.advance(-std::chrono::hours(24));  // the same second
    const BackupReport report = must_run();
    EXPECT_FALSE(report.resumed);
    EXPECT_NE(report.archive->archive_id, given_up);
    EXPECT_TRUE(log.all().contains("giving up the unfinished archive"));
    expect_whole(1);
    EXPECT_THAT(snapshots(), SizeIs(1));
}

TEST_F(BackupTest, TheNextRunRecoversFromAnyFailureOfZfs) {
    must_run();
    zfs.changes.clear();
    must_run();
    const std::size_t count = zfs.changes.size();
    ASSERT_GT(count, 4U);
    std::size_t archives = 2;
    for (const bool afterwards : {false, true}) {
        for (std::size_t i = 1; i <= count; ++i) {
            SCOPED_TRACE("change " + std::to_string(i) + (afterwards ? ", afterwards" : ""));
            zfs.changes.clear();
            zfs.fail_change = i;
            zfs.fails_afterwards = afterwards;
            const auto failed = run();
            ASSERT_FALSE(failed);
            EXPECT_FALSE(failed.error().where.empty()) << failed.error().message();
            zfs.fail_change = 0;
            must_run();
            archives = expect_next_of(archives);
        }
    }
}

TEST_F(BackupTest, TheNextRunRecoversFromAnyFailureOfTheStore) {
    blocks = 30;
    must_run();
    store.calls = 0;
    must_run();
    const std::size_t count = store.calls;
    ASSERT_GT(count, 8U);
    std::size_t archives = 2;
    for (const bool afterwards : {false, true}) {
        for (std::size_t i = 1; i <= count; ++i) {
            SCOPED_TRACE("call " + std::to_string(i) + (afterwards ? ", afterwards" : ""));
            store.calls = 0;
            store.fail_at = i;
            store.fails_afterwards = afterwards;
            const auto failed = run();
            store.fail_at = 0;
            ASSERT_FALSE(failed);
            must_run();
            archives = expect_next_of(archives);
        }
    }
}

TEST_F(BackupTest, InvalidRequestsChangeNothing) {
    options.dataset = "vat/none";
    const auto report = run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::not_found);
    options.dataset = "-r";
    EXPECT_EQ(run().error().kind, ErrorKind::usage);
    options.dataset = home;
    options.part_size = 1;
    EXPECT_EQ(run().error().kind, ErrorKind::usage);
    EXPECT_THAT(zfs.changes, IsEmpty());
}

}  // namespace
}  // namespace zg::ops
