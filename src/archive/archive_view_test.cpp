#include "archive/archive_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/store_record.hpp"
#include "base/environment.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/object_names.hpp"
#include "catalog/self_digest.hpp"
#include "catalog/testing/sample.hpp"
#include "store/testing/memory_store.hpp"

namespace zg::archive {
namespace {

using catalog::Manifest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ArchiveViewTest : public testing::Test {
  protected:
    /// An archive of the snapshot `number`, which builds on that of the snapshot `base` (0: a full
    /// one). Numbers are 1 to 59.
    Manifest add(unsigned number, unsigned base = 0, unsigned snapshot = 0) {
        Manifest archive = catalog::sample_manifest(number);
        archive.to_guid = snapshot == 0 ? number : snapshot;
        archive.from_guid = base;
        put(catalog::manifest_name(archive.archive_id), catalog::to_json(archive));
        for (const catalog::Segment& segment : archive.segments)
            put(archive.object_name(segment), "segment");
        return archive;
    }
    void bury(const Manifest& archive) {
        put(catalog::tombstone_name(archive.archive_id),
            catalog::to_json(catalog::Tombstone{.archive_id = archive.archive_id,
                                                .removed = clock.now(),
                                                .rule = "keep 12 months"}));
    }
    void put(const std::string& name, const std::string& text) {
        ASSERT_TRUE(store.put(name, as_bytes(text)));
    }
    void remove(const std::string& name) { ASSERT_TRUE(store.remove(name)); }
    void remove_all(const Manifest& archive) {
        remove(catalog::manifest_name(archive.archive_id));
        for (const catalog::Segment& segment : archive.segments)
            remove(archive.object_name(segment));
    }

    ArchiveView load() {
        log.warnings.clear();
        auto view = load_archives(engine);
        EXPECT_TRUE(view) << view.error().message();
        return view ? *std::move(view) : ArchiveView{};
    }
    static std::vector<std::string> ids(const ArchiveView& view) {
        std::vector<std::string> ids;
        for (const Manifest& archive : view.archives) ids.push_back(archive.archive_id);
        return ids;
    }
    static std::vector<std::string> removal_ids(const ArchiveView& view) {
        std::vector<std::string> ids;
        for (const Removal& removal : view.removals) ids.push_back(removal.tombstone.archive_id);
        return ids;
    }
    /// load_archives() and read_all_manifests() remove nothing, and the log says why.
    void expect_kept(const Manifest& archive, const std::string& reason) {
        EXPECT_THAT(load().archives, testing::Contains(archive));
        EXPECT_THAT(log.warnings, ElementsAre(HasSubstr(reason)));
        const ArchiveView all = read_all_manifests(engine.archives).value();
        EXPECT_THAT(all.archives, testing::Contains(archive));
        EXPECT_THAT(all.removals, IsEmpty());
        ASSERT_THAT(all.idle_tombstones, SizeIs(1));
        EXPECT_THAT(all.idle_tombstones.front().reason, HasSubstr(reason));
    }

    Environment environment;
    ManualClock clock;
    KeptLog log;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    store::MemoryStore store{clock};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Engine engine{.archives = {.store = store,
                               .store_id = std::string(32, 'a'),
                               .store_options = {},
                               .catalog = catalog},
                  .effort = {.threads = false},
                  .world = {environment, clock, random, steps, log, progress}};
};

TEST_F(ArchiveViewTest, ARemovedArchiveDoesNotExist) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    const Manifest last = add(3, 2);
    put(catalog::manifest_name(last.archive_id) + ".sig", "signature");
    put(catalog::tombstone_name(last.archive_id) + ".sig", "signature");
    put(catalog::indexes_of(last.archive_id) + "000001", "index");
    EXPECT_THAT(load().archives, SizeIs(3));
    bury(last);
    for (const ArchiveView& view : {load(), read_all_manifests(engine.archives).value()}) {
        EXPECT_THAT(ids(view), ElementsAre(full.archive_id, next.archive_id));
        EXPECT_FALSE(view.committed.contains(last.archive_id));
        EXPECT_TRUE(view.has_tombstone(last.archive_id));
        EXPECT_THAT(view.idle_tombstones, IsEmpty());
        ASSERT_THAT(removal_ids(view), ElementsAre(last.archive_id));
        EXPECT_THAT(
            view.removals.front().leftovers,
            ElementsAre(catalog::manifest_name(last.archive_id),
                        catalog::manifest_name(last.archive_id) + ".sig",
                        catalog::indexes_of(last.archive_id) + "000001",
                        last.object_name(last.segments[0]), last.object_name(last.segments[1])))
            << "in the order of removal";
        for (const store::Entry& object : view.objects)
            EXPECT_FALSE(view.is_orphan(object)) << object.name;
    }
    EXPECT_THAT(log.warnings, IsEmpty());
}

TEST_F(ArchiveViewTest, TheBaseOfAnArchiveThatStaysIsNotRemoved) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    const Manifest last = add(3, 2);
    bury(full);
    expect_kept(full, "archive " + full.archive_id +
                          " is not removed, though it has a tombstone: archive " + next.archive_id +
                          " builds on it");
    // The middle one does not stay, but is needed as well.
    bury(next);
    const ArchiveView view = load();
    EXPECT_THAT(view.archives, SizeIs(3));
    EXPECT_THAT(view.removals, IsEmpty());
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr(last.archive_id), HasSubstr(last.archive_id)));
    bury(last);
    EXPECT_THAT(removal_ids(load()), ElementsAre(last.archive_id, next.archive_id, full.archive_id))
        << "a whole chain is removed, the newest archive first";
}

TEST_F(ArchiveViewTest, ABaseIsRemovedIfThereIsAnotherChain) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    const Manifest again = add(3, 0, 2);
    const Manifest last = add(4, 2);
    bury(full);
    bury(next);
    EXPECT_THAT(ids(load()), ElementsAre(again.archive_id, last.archive_id));
    bury(again);
    EXPECT_THAT(ids(load()), ElementsAre(again.archive_id, last.archive_id))
        << "the smaller one of both chains stays";
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr(again.archive_id)));
}

TEST_F(ArchiveViewTest, ATombstoneThatCannotBeReadRemovesNothing) {
    const Manifest full = add(1);
    const Manifest other = add(2);
    const std::string name = catalog::tombstone_name(full.archive_id);
    put(name, "{}");
    expect_kept(full, name);
    bury(other);
    ASSERT_TRUE(store.put(name, *store.get(catalog::tombstone_name(other.archive_id))));
    remove(catalog::tombstone_name(other.archive_id));
    expect_kept(full, "it belongs to another archive");
    put(name, catalog::with_self_digest(R"({"format": "zglacier-tombstone", "version": 2})"));
    expect_kept(full, "newer than this zglacier reads");
}

TEST_F(ArchiveViewTest, AManifestThatCannotBeReadMayBuildOnAnything) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    put(catalog::manifest_name(next.archive_id), "{}");
    bury(full);
    expect_kept(full, "archive " + next.archive_id + ", whose manifest cannot be read");
    bury(next);
    EXPECT_THAT(load().archives, IsEmpty()) << "one with a tombstone needs nothing";
    EXPECT_THAT(load().unreadable, IsEmpty());
}

TEST_F(ArchiveViewTest, AManifestThatWasRemovedIsNotLost) {
    const Manifest full = add(1);
    EXPECT_THAT(load().archives, SizeIs(1));
    bury(full);
    remove(catalog::manifest_name(full.archive_id));
    ArchiveView view = load();
    EXPECT_THAT(view.archives, IsEmpty());
    EXPECT_THAT(view.lost, IsEmpty());
    EXPECT_THAT(removal_ids(view), ElementsAre(full.archive_id));
    ASSERT_TRUE(put_back_manifests(engine, view));
    EXPECT_FALSE(store.get(catalog::manifest_name(full.archive_id)));
    for (const catalog::Segment& segment : full.segments) remove(full.object_name(segment));
    view = load();
    EXPECT_THAT(view.removals, IsEmpty());
    EXPECT_TRUE(view.has_tombstone(full.archive_id));
    EXPECT_THAT(catalog.archives().value(), IsEmpty()) << "the catalog has forgotten it";
}

TEST_F(ArchiveViewTest, AManifestThatIsNeededIsPutBackDespiteATombstone) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    load();
    bury(full);
    remove(catalog::manifest_name(full.archive_id));
    ArchiveView view = load();
    EXPECT_THAT(ids(view), ElementsAre(full.archive_id, next.archive_id));
    EXPECT_THAT(view.lost, ElementsAre(full.archive_id));
    ASSERT_TRUE(put_back_manifests(engine, view));
    EXPECT_TRUE(store.get(catalog::manifest_name(full.archive_id)));
}

TEST_F(ArchiveViewTest, AnArchiveWithoutAManifestMayBeTheMissingBase) {
    const Manifest full = add(1);
    const Manifest next = add(2, 1);
    bury(full);
    remove(catalog::manifest_name(full.archive_id));
    const ArchiveView view = load();
    EXPECT_THAT(view.removals, IsEmpty());
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr(next.archive_id + ", whose base is missing")));
    remove_all(next);
    EXPECT_THAT(removal_ids(load()), ElementsAre(full.archive_id));
}

TEST_F(ArchiveViewTest, ATombstoneWithoutLeftoversIsNotRead) {
    const Manifest full = add(1);
    put(catalog::tombstone_name("20201123T020000Z-7f3a9c21"), "{}");
    const ArchiveView view = load();
    EXPECT_THAT(ids(view), ElementsAre(full.archive_id));
    EXPECT_TRUE(view.has_tombstone("20201123T020000Z-7f3a9c21"));
    EXPECT_THAT(log.warnings, IsEmpty());
}

TEST_F(ArchiveViewTest, AnOrphanIsASegmentOrAnIndexWithoutAManifest) {
    const Manifest full = add(1);
    const std::string none = "20201123T020000Z-7f3a9c21";
    put(catalog::segment_name(none, "000001.zfs"), "segment");
    put(catalog::segment_name(none, "notes"), "?");
    put(catalog::indexes_of(none) + "000001", "index");
    put(catalog::manifest_name(none) + ".sig", "signature");
    put(catalog::manifest_name(full.archive_id) + ".sig", "signature");
    put(catalog::indexes_of(full.archive_id) + "000001", "index");
    const ArchiveView view = load();
    std::vector<std::string> orphans;
    for (const store::Entry& object : view.objects)
        if (view.is_orphan(object)) orphans.push_back(object.name);
    EXPECT_THAT(orphans, testing::UnorderedElementsAre(catalog::segment_name(none, "000001.zfs"),
                                                       catalog::segment_name(none, "notes"),
                                                       catalog::indexes_of(none) + "000001"));
}

TEST_F(ArchiveViewTest, AStoreFromBeforeFormat1IsRefused) {
    const auto refused = [](const auto& result) {
        return !result && result.error().kind == ErrorKind::unsupported &&
               result.error().what.contains("before format 1") &&
               result.error().hint.contains("zglacier init");
    };
    put("archives/20201123T020000Z-7f3a9c21/manifest.json", "{}");
    EXPECT_TRUE(refused(load_archives(engine)));
    EXPECT_TRUE(refused(read_all_manifests(engine.archives)));
    EXPECT_TRUE(refused(rebuild_catalog(engine)));
    EXPECT_TRUE(refused(read_store_record(store))) << "without a record";
    EXPECT_TRUE(refused(check_not_early(store)));
    remove("archives/20201123T020000Z-7f3a9c21/manifest.json");
    EXPECT_EQ(read_store_record(store).error().kind, ErrorKind::usage);
    put(std::string(catalog::store_record_name),
        R"({"format": "zglacier store", "version": 2, "id": "x", "created": "y"})");
    EXPECT_TRUE(refused(read_store_record(store)));
}

}  // namespace
}  // namespace zg::archive
