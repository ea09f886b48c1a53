#include "ops/thaw.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "ops/context.hpp"
#include "ops/rebuild.hpp"
#include "ops/restore/restore.hpp"
#include "thaw/testing/thaw_fixture.hpp"

namespace zg::ops {
namespace {

using namespace std::chrono_literals;

class StoreThawTest : public thaw::ThawTest {
  protected:
    StoreThawTest() {
        for (const catalog::Manifest& archive : archives) put_manifest(archive);
    }
    void put_manifest(const catalog::Manifest& archive) {
        const std::string text = catalog::to_json(archive);
        EXPECT_TRUE(memory.put_new(catalog::manifest_name(archive.archive_id), as_bytes(text)));
    }

    Context context{engine, {.host = "host", .machine_id = "machine", .state_dir = ""}};
};

TEST_F(StoreThawTest, ThawsAllArchivesOrAChain) {
    const auto all = plan_thaw(context, {}, {});
    ASSERT_TRUE(all) << all.error().message();
    EXPECT_EQ(all->archives.size(), 2U);
    EXPECT_EQ(all->plan.all().segments, segments());
    const auto first = plan_thaw(context, {.text = "vat/testfs@s11", .host = {}}, {});
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(first->archives.size(), 1U);
    EXPECT_EQ(first->plan.all().segments, archives[0].segments.size());
    const auto of_host = plan_thaw(context, {.text = {}, .host = "other"}, {});
    ASSERT_TRUE(of_host);
    EXPECT_TRUE(of_host->archives.empty());
    const auto none = plan_thaw(context, {.text = "vat/nosuch", .host = {}}, {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::not_found);
    const auto tier = plan_thaw(context, {}, {.tier = "tomorrow"});
    ASSERT_FALSE(tier);
    EXPECT_EQ(tier.error().kind, ErrorKind::usage);
}

TEST_F(StoreThawTest, ReportsEachArchive) {
    ASSERT_TRUE(memory.remove(name(1, 0)));
    auto planned = plan_thaw(context, {}, {});
    ASSERT_TRUE(planned);
    const auto before = carry_out_thaw(context, *planned, false, false);
    ASSERT_TRUE(before) << before.error().message();
    EXPECT_EQ(before->asked, 0U);
    EXPECT_FALSE(before->waiting);
    ASSERT_EQ(before->archives.size(), 2U);
    EXPECT_EQ(before->archives[0].archive.archive_id, archives[0].archive_id);
    EXPECT_EQ(before->archives[0].cold.segments, archives[0].segments.size());
    EXPECT_EQ(before->archives[0].missing, 0U);
    EXPECT_EQ(before->archives[1].missing, 1U);
    EXPECT_EQ(before->cold.segments, segments() - 1);
    EXPECT_TRUE(cold.requests.empty());

    const auto requested = carry_out_thaw(context, *planned, true, false);
    ASSERT_TRUE(requested) << requested.error().message();
    EXPECT_EQ(requested->asked, segments() - 1);
    EXPECT_TRUE(requested->waiting);
    EXPECT_TRUE(requested->retry_at);
    EXPECT_EQ(requested->thawing.segments, segments() - 1);
    EXPECT_EQ(requested->archives[0].since, clock.now());
    EXPECT_FALSE(requested->archives[0].since_unknown);
    EXPECT_TRUE(requested->archives[0].expected);
    EXPECT_FALSE(requested->archives[0].readable_until);
}

TEST_F(StoreThawTest, ARebuiltCatalogCountsArchivesAndReportsDamage) {
    const std::string damaged = "20261125T020000Z-0123abcd";
    ASSERT_TRUE(memory.put_new(catalog::manifest_name(damaged), as_bytes("{}")));
    for (const bool dry_run : {true, false}) {
        const auto report = rebuild(context, dry_run);
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_EQ(report->archives, 2U);
        EXPECT_EQ(report->catalog, catalog.path());
        ASSERT_EQ(report->unreadable.size(), 1U);
        EXPECT_EQ(report->unreadable.front().archive_id, damaged);
        EXPECT_EQ(report->unreadable.front().error.kind, ErrorKind::damage);
    }
}

TEST_F(StoreThawTest, AStreamNeedsOneArchive) {
    RestoreOptions options;
    options.source.text = "vat/testfs";
    const auto plan = plan_stream(context, options);
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->archive.archive_id, archives[1].archive_id) << "the newest";
    EXPECT_EQ(plan->thaw.all().segments, archives[1].segments.size());
}

}  // namespace
}  // namespace zg::ops
