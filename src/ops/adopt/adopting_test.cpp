// Adopting archives of other programs, with a fake vault that records requests.
#include "ops/adopt/adopting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/catalog.hpp"
#include "catalog/object_names.hpp"
#include "catalog/tombstone.hpp"
#include "codec/sha256.hpp"
#include "ops/adopt/adopt.hpp"
#include "ops/context.hpp"
#include "store/testing/memory_store.hpp"
#include "store/vault/inventory.hpp"
#include "stream/testing/builder.hpp"
#include "vault_tools/foreign.hpp"

namespace zg::ops {
namespace {

using ::testing::ElementsAre;

class FakeVault final : public vault_tools::ForeignArchives {
  public:
    [[nodiscard]] const std::string& vault() const override { return name; }
    Result<store::Inventory> inventory() override {
        return store::Inventory{.vault_arn = {}, .date = TimePoint{}, .archives = archives};
    }
    Result<std::map<std::string, std::string>> adopted() override { return names; }
    Result<void> adopt(const store::InventoryArchive& archive, const std::string& as) override {
        names[archive.id] = as;
        return {};
    }
    Result<std::map<std::string, vault_tools::BeginningJob>> beginnings() override { return jobs; }
    Result<std::optional<Buffer>> read_beginning(const vault_tools::BeginningJob& job,
                                                 std::uint64_t /*size*/) override {
        const auto found = outputs.find(job.id);
        return found == outputs.end() ? std::nullopt : std::optional(found->second);
    }
    Result<void> request_beginning(const vault_tools::BeginningRequest& request) override {
        requested.push_back(request.archive);
        return {};
    }

    void add(const std::string& id, const std::string& description) {
        archives.push_back(
            {.id = id,
             .description = description,
             .created = TimePoint(std::chrono::seconds(1'500'000'000 + archives.size())),
             .size = 5'000'000,
             .tree_hash = codec::sha256(as_bytes(id))});
    }

    std::string name = "photos";
    std::vector<store::InventoryArchive> archives;
    std::map<std::string, std::string> names;
    std::map<std::string, vault_tools::BeginningJob> jobs;
    std::map<std::string, Buffer> outputs;  ///< by job
    std::vector<std::string> requested;
};

class AdoptingTest : public ::testing::Test {
  protected:
    AdoptingTest() {
        vault.add("one", "vat/testfs@glacier");
        vault.add("two", "vat/testfs@glacier");
        vault.add("picture", "pictures.tar");
    }
    AdoptReport adopt(AdoptRequest request = {}) {
        request.host = "old";
        auto report = adopt_into(context, vault, nullptr, request);
        EXPECT_TRUE(report) << report.error().message();
        return report ? *report : AdoptReport{};
    }

    FakeVault vault;
    ManualClock clock;
    NoLog log;
    Environment environment;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    store::MemoryStore memory{clock};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    Context context{{.archives = {.store = memory,
                                  .store_id = std::string(32, 'a'),
                                  .store_options = {},
                                  .catalog = catalog},
                     .effort = {.threads = false},
                     .world = {.environment = environment,
                               .clock = clock,
                               .random = random,
                               .steps = steps,
                               .log = log,
                               .progress = progress}},
                    {.host = "host", .machine_id = "machine", .state_dir = ""}};
};

TEST_F(AdoptingTest, AdoptsAnArchiveWithADatasetInItsDescriptionOnce) {
    const AdoptReport first = adopt();
    EXPECT_EQ(first.taken, 2U);
    ASSERT_EQ(first.archives.size(), 2U);
    EXPECT_TRUE(first.archives[0].full());
    EXPECT_EQ(first.archives[1].from_guid, first.archives[0].to_guid);
    EXPECT_EQ(first.archives[0].host, "old");
    ASSERT_EQ(first.left.size(), 1U);
    EXPECT_EQ(first.left[0].id, "picture");
    EXPECT_EQ(vault.names.size(), 2U);
    EXPECT_TRUE(vault.requested.empty());
    EXPECT_EQ(adopt().taken, 0U);
}

TEST_F(AdoptingTest, ARemovedArchiveIsNotAdoptedAgain) {
    const std::string id = adopt().archives[1].archive_id;
    ASSERT_TRUE(memory.put(catalog::tombstone_name(id),
                           as_bytes(catalog::to_json(catalog::Tombstone{
                               .archive_id = id, .removed = clock.now(), .rule = "by hand"}))));
    ASSERT_TRUE(memory.remove(catalog::manifest_name(id)));
    const AdoptReport report = adopt();
    EXPECT_EQ(report.taken, 0U);
    EXPECT_EQ(report.archives.size(), 1U);
    EXPECT_EQ(report.left.size(), 2U);
    EXPECT_FALSE(memory.get(catalog::manifest_name(id)));
}

TEST_F(AdoptingTest, RequestsTheBeginningsAndProvesArchivesByThem) {
    std::size_t announced = 0;
    const AdoptRequest prove{.prove = true,
                             .before_request = [&](std::size_t count) { announced = count; }};
    const AdoptReport asked = adopt(prove);
    EXPECT_EQ(announced, 2U);
    EXPECT_EQ(asked.waiting, 2U);
    EXPECT_THAT(vault.requested, ElementsAre("one", "two"));

    // One is ready; the other is not, and is not requested again.
    vault.jobs = {{"one", {.id = "job1", .ready = true}}, {"two", {.id = "job2"}}};
    vault.outputs["job1"] = stream::testing::Builder().begin(77).object(1).end().bytes();
    const AdoptReport half = adopt(prove);
    EXPECT_EQ(half.proved, 1U);
    EXPECT_EQ(half.waiting, 1U);
    EXPECT_EQ(vault.requested.size(), 2U);
    EXPECT_EQ(half.archives[1].from_guid, 77U);

    // Its output has expired by now.
    vault.jobs["two"].ready = true;
    EXPECT_EQ(adopt(prove).waiting, 1U);
    EXPECT_EQ(vault.requested.size(), 3U);
    EXPECT_EQ(adopt().waiting, 0U) << "requested although nobody wanted it";
}

TEST_F(AdoptingTest, DoesNotAdoptWhatIsNotAStream) {
    vault.jobs = {{"one", {.id = "job1", .ready = true}}};
    vault.outputs["job1"] = to_buffer("\x1f\x8b a compressed file");
    const AdoptReport report = adopt();
    EXPECT_THAT(report.no_streams, ElementsAre("one"));
    EXPECT_EQ(report.taken, 1U);
    EXPECT_FALSE(vault.names.contains("one"));
}

TEST_F(AdoptingTest, ChecksIdsAgainstTheInventory) {
    EXPECT_EQ(adopt_into(context, vault, nullptr, {.archives = {"three"}}).error().kind,
              ErrorKind::not_found);
    EXPECT_EQ(release_from(context, vault, {"one"}).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace zg::ops
