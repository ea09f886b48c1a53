// How a backup finishes the removal of an archive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/read/fetch.hpp"
#include "base/environment.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/chain.hpp"
#include "catalog/object_names.hpp"
#include "ops/backup/backup.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/list.hpp"
#include "ops/verify/verify.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/forwarding_store.hpp"
#include "stream/testing/builder.hpp"
#include "zfs/testing/fake_zfs.hpp"

namespace zg::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* home = "vat/home";
constexpr std::uint64_t kib = 1024;

/// Records what is removed; on request, fails to remove it.
class RemovalStore final : public store::ForwardingStore {
  public:
    using ForwardingStore::ForwardingStore;
    Result<void> remove(std::string_view name) override {
        if (removed.size() + 1 == fail_at) {
            fail_at = 0;
            return fail({.kind = kind, .what = "a fault made by the test"});
        }
        removed.emplace_back(name);
        return inner_.remove(name);
    }

    std::vector<std::string> removed;
    std::size_t fail_at = 0;  ///< from 1; 0: never
    ErrorKind kind = ErrorKind::unavailable;
};

class RemovalTest : public testing::Test {
  protected:
    RemovalTest() {
        zfs.create(home);
        options.dataset = home;
        options.segment_size = 32 * kib;
        options.part_size = 16 * kib;
        options.compression = {.automatic = false, .wanted = {}};
    }

    static Buffer stream_of(std::uint64_t from, std::uint64_t to) {
        stream::testing::Builder builder;
        builder.begin(to, from);
        for (unsigned i = 1; i <= 20; ++i) builder.object(i).write(i, 0, 4096);
        builder.end();
        return builder.bytes();
    }

    BackupReport run() {
        clock.advance(std::chrono::hours(24));
        log.warnings.clear();
        store.removed.clear();
        auto report = backup(context, zfs, options);
        EXPECT_TRUE(report) << report.error().message();
        return report ? *std::move(report) : BackupReport{};
    }
    catalog::Manifest stored() { return run().archive.value(); }
    catalog::Manifest stored_full() {
        options.full = true;
        catalog::Manifest archive = stored();
        options.full = false;
        return archive;
    }
    /// Two chains: a full archive and one that builds on it, twice. The first is to be removed.
    void two_chains() {
        old_full = stored();
        old_next = stored();
        full = stored_full();
        next = stored();
    }
    void bury(const std::string& id) {
        ASSERT_TRUE(
            memory.put(catalog::tombstone_name(id),
                       as_bytes(catalog::to_json(catalog::Tombstone{
                           .archive_id = id, .removed = clock.now(), .rule = "keep 12 months"}))));
    }
    void bury_old() {
        bury(old_full.archive_id);
        bury(old_next.archive_id);
    }
    std::vector<std::string> objects_of(const catalog::Manifest& archive) const {
        std::vector<std::string> names{catalog::manifest_name(archive.archive_id)};
        for (const catalog::Segment& segment : archive.segments)
            names.push_back(archive.object_name(segment));
        return names;
    }
    bool has(const std::string& name) { return memory.stat(name).has_value(); }

    /// Only the tombstones of the old chain are left; all other archives can be restored.
    void expect_finished(std::size_t archives) {
        for (const catalog::Manifest& archive : {old_full, old_next}) {
            for (const std::string& name : objects_of(archive)) EXPECT_FALSE(has(name)) << name;
            EXPECT_TRUE(has(catalog::tombstone_name(archive.archive_id)));
        }
        const auto view = archive::read_all_manifests(context.archives);
        ASSERT_TRUE(view) << view.error().message();
        ASSERT_THAT(view->archives, SizeIs(archives));
        EXPECT_THAT(catalog.archives().value(), SizeIs(archives));
        const catalog::Chains chains(view->archives);
        for (std::size_t i = 0; i < archives; ++i) {
            EXPECT_TRUE(chains.way_to(i));
            BufferSink sink;
            EXPECT_TRUE(archive::fetch_archive(context, view->archives[i], sink));
        }
        const auto verified = verify(context, {});
        ASSERT_TRUE(verified);
        EXPECT_TRUE(verified->sound());
        EXPECT_THAT(verified->findings, IsEmpty());
    }

    Environment environment;
    ManualClock clock;
    KeptLog log;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    TemporaryFolder folder;
    store::MemoryStore memory{clock};
    RemovalStore store{memory};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Context context{{.archives = {.store = store,
                                  .store_id = std::string(32, 'a'),
                                  .store_options = {},
                                  .catalog = catalog},
                     .effort = {.threads = false},
                     .world = {environment, clock, random, steps, log, progress}},
                    {.host = "host", .machine_id = "machine", .state_dir = folder.path()}};
    zfs::FakeZfs zfs{[](const zfs::SendSpec&, std::uint64_t from, std::uint64_t to) {
        return stream_of(from, to);
    }};
    BackupOptions options;
    catalog::Manifest old_full, old_next, full, next;
};

TEST_F(RemovalTest, IsFinishedInItsOrder) {
    two_chains();
    bury_old();
    const BackupReport report = run();
    EXPECT_EQ(report.base, next.archive_id);
    std::vector<std::string> order = objects_of(old_next);
    std::ranges::copy(objects_of(old_full), std::back_inserter(order));
    EXPECT_EQ(store.removed, order) << "the newest archive first, and its manifest first";
    EXPECT_TRUE(log.all().contains("removing what is left of archive " + old_full.archive_id));
    expect_finished(3);
    run();
    EXPECT_THAT(store.removed, IsEmpty());
    expect_finished(4);
}

TEST_F(RemovalTest, WhatFailsIsFinishedByTheNextRun) {
    two_chains();
    bury_old();
    const std::size_t count = objects_of(old_full).size() + objects_of(old_next).size();
    for (std::size_t i = 1; i < count; ++i) {
        SCOPED_TRACE("removal " + std::to_string(i));
        clock.advance(std::chrono::hours(24));
        store.removed.clear();
        store.fail_at = 2;
        EXPECT_EQ(backup(context, zfs, options).error().kind, ErrorKind::unavailable);
        EXPECT_THAT(store.removed, SizeIs(1));
    }
    run();
    EXPECT_THAT(store.removed, SizeIs(1));
    expect_finished(3);
}

TEST_F(RemovalTest, ARefusalDoesNotStopABackup) {
    two_chains();
    bury_old();
    store.kind = ErrorKind::refused;
    store.fail_at = 1;
    ASSERT_TRUE(run().archive);
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr("cannot remove what is left of archive " +
                                                    old_next.archive_id)));
    for (const std::string& name : objects_of(old_next))
        EXPECT_TRUE(has(name)) << "nothing is removed before the manifest";
    EXPECT_FALSE(has(objects_of(old_full).front())) << "the other removal continues";
    ASSERT_TRUE(run().archive);
    expect_finished(4);
}

TEST_F(RemovalTest, TheBaseOfAnArchiveThatStaysIsKept) {
    two_chains();
    bury(full.archive_id);
    const BackupReport report = run();
    EXPECT_EQ(report.base, next.archive_id);
    EXPECT_THAT(store.removed, IsEmpty());
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr(next.archive_id + " builds on it")));
    for (const std::string& name : objects_of(full)) EXPECT_TRUE(has(name)) << name;
    bury(next.archive_id);
    run();
    EXPECT_THAT(store.removed, IsEmpty()) << "the newest archive builds on both";
}

TEST_F(RemovalTest, ADamagedTombstoneRemovesNothing) {
    two_chains();
    ASSERT_TRUE(memory.put(catalog::tombstone_name(old_next.archive_id), as_bytes("{}")));
    run();
    EXPECT_THAT(store.removed, IsEmpty());
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr("removed/" + old_next.archive_id)));
    // Without a manifest in the store or in the catalog its segments look like those of a run that
    // died.
    ASSERT_TRUE(memory.remove(catalog::manifest_name(old_next.archive_id)));
    ASSERT_TRUE(catalog.clear());
    run();
    EXPECT_THAT(store.removed, IsEmpty());
    EXPECT_TRUE(has(old_next.object_name(old_next.segments.front())));
    EXPECT_FALSE(verify(context, {})->sound());
}

TEST_F(RemovalTest, OnlyTheArchivesOwnHostAndDatasetFinishIt) {
    two_chains();
    bury_old();
    context.machine.machine_id = "another";
    options.full = true;
    run();
    EXPECT_THAT(store.removed, IsEmpty());
    const auto listing = list_archives(context, "");
    ASSERT_TRUE(listing);
    EXPECT_THAT(listing->archives, SizeIs(3));
    ASSERT_THAT(listing->removals, SizeIs(2));
    EXPECT_EQ(listing->removals.front().archive_id, old_next.archive_id);
    EXPECT_EQ(listing->removals.front().rule, "keep 12 months");
    EXPECT_EQ(listing->removals.front().objects, objects_of(old_next).size());
    EXPECT_THAT(listing->removals.front().text, HasSubstr("was removed on"));
    const auto verified = verify(context, {});
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->sound());
    EXPECT_THAT(verified->findings, SizeIs(2));
    EXPECT_THAT(verified->findings.front().what, HasSubstr("the next backup of its dataset"));
}

TEST_F(RemovalTest, ADryRunSaysWhatWouldBeRemoved) {
    two_chains();
    bury_old();
    options.dry_run = true;
    const BackupReport report = run();
    EXPECT_THAT(report.removals,
                ElementsAre(HasSubstr(old_next.archive_id), HasSubstr(old_full.archive_id)));
    EXPECT_THAT(store.removed, IsEmpty());
    zfs.written = 0;
    EXPECT_THAT(run().removals, SizeIs(2)) << "though there is nothing to be stored";
    options.dry_run = false;
    EXPECT_THAT(run().removals, IsEmpty());
    expect_finished(2);
}

TEST_F(RemovalTest, ARemovedIdIsNotUsedAgain) {
    two_chains();
    const std::string id =
        catalog::make_archive_id(clock.now() + std::chrono::hours(24), tag_for(context, home));
    bury(id);
    EXPECT_NE(stored().archive_id, id);
}

}  // namespace
}  // namespace zg::ops
