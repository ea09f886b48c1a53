// Whole backups and fetches with a server that fails in every way it can, hundreds of times,
// repeatably. However a run ends, no damaged archive is committed, its error is clear, and the next
// run succeeds and leaves nothing over.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "archive/archive_view.hpp"
#include "archive/read/fetch.hpp"
#include "archive/write/archive_writer.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/segment_plan.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "base/steps.hpp"
#include "base/testing/temporary_folder.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "fake_server.hpp"
#include "fake_vault.hpp"
#include "net/http.hpp"
#include "ops/context.hpp"
#include "ops/verify/verify.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "stream/testing/builder.hpp"

namespace zg::test {
namespace {

constexpr int seeds_each = 30;
constexpr RetryPolicy quick_retries{.first = std::chrono::milliseconds(2),
                                    .longest = std::chrono::milliseconds(20),
                                    .budget = std::chrono::seconds(4)};
constexpr const char* archive_id = "20261123T020000Z-0123abcd";

/// About 12 MiB: two segments, of two parts and one.
Buffer make_stream() {
    stream::testing::Builder builder;
    builder.begin(4711, 0);
    for (unsigned i = 1; i <= 96; ++i) {
        builder.object(i);
        builder.write(i, 0, 131'072);
    }
    builder.end();
    return builder.bytes();
}

/// A store on a server that fails.
class FaultRun : public testing::TestWithParam<int> {
  protected:
    FaultRun(std::uint64_t part_size, bool cold) : part_size_(part_size), cold_(cold) {}

    void take(std::unique_ptr<store::Store> store, KeptLog& log) {
        log_ = &log;
        store_ = std::move(store);
    }

    /// The unfinished uploads on the server, and other leftovers.
    virtual nlohmann::json leftovers() = 0;

    /// Thaws what is cold.
    void make_readable() {
        if (!cold_) return;
        const auto objects = store_->list("archives/");
        ASSERT_TRUE(objects);
        for (const store::Entry& object : *objects) {
            auto asked = store_->thaw(object.name, {});
            ASSERT_TRUE(asked) << asked.error().message();
        }
        server_.advance(std::chrono::hours(5));
        clock_.advance(std::chrono::hours(5));
    }

    ops::Context context() {
        return {{.archives = {.store = *store_,
                              .store_id = std::string(32, 'a'),
                              .store_options = {},
                              .catalog = catalog_},
                 .effort = {.threads = true, .connections = 3},
                 .world = {.environment = environment_,
                           .clock = clock_,
                           .random = random_,
                           .steps = steps_,
                           .log = *log_,
                           .progress = progress_}},
                {.host = "host", .machine_id = "machine", .state_dir = ""}};
    }

    void set_faults(int seed, double rate) {
        server_.control("faults", {{"seed", seed}, {"rate", rate}});
    }

    /// One backup, up to its manifest.
    Result<void> back_up() {
        ops::Context with = context();
        BytesSource source(stream_);
        archive::CheckedInput input(source);
        const archive::SegmentPlan plan{.segment_size = 2 * part_size_ - 1'000'000,
                                        .part_size = part_size_};
        archive::ArchiveWriter writer(with, archive_id);
        ZG_TRY(auto segments, writer.add_segments(input, {.plan = plan}));
        catalog::Manifest manifest;
        manifest.archive_id = archive_id;
        manifest.dataset = "vat/testfs";
        manifest.snapshot = "a";
        manifest.to_guid = 4711;
        manifest.stream_size = stream_.size();
        manifest.segments = std::move(segments);
        for (const catalog::Segment& segment : manifest.segments)
            manifest.stored_size += segment.stored_size;
        return writer.commit(manifest);
    }

    /// The first steps of the next run. True if the archive is committed.
    bool clean_up() {
        ops::Context with = context();
        const auto kept = archive::ArchiveWriter(with, archive_id).abandon();
        EXPECT_TRUE(kept) << kept.error().message();
        return kept && !*kept;
    }

    /// The whole archive, read from the store.
    Result<Buffer> fetch() {
        ops::Context with = context();
        ZG_TRY(const archive::ArchiveView view, archive::read_all_manifests(with.archives));
        if (!view.unreadable.empty()) return fail(view.unreadable.front().error);
        if (view.archives.size() != 1)
            return fail({.kind = ErrorKind::not_found, .what = "there is not exactly one archive"});
        BufferSink sink;
        ZG_CHECK(archive::fetch_archive(with, view.archives.front(), sink));
        return std::move(sink.buffer);
    }

    void remove_all() {
        const auto objects = store_->list("");
        ASSERT_TRUE(objects);
        for (const store::Entry& object : *objects) ASSERT_TRUE(store_->remove(object.name));
    }

    static void expect_clear(const Error& error) {
        EXPECT_FALSE(error.what.empty());
        EXPECT_FALSE(error.hint.empty()) << error.message();
        EXPECT_EQ(error.message().find("testsecret"), std::string::npos);
    }

    void expect_whole() {
        const auto left = leftovers();
        EXPECT_TRUE(left.empty()) << left.dump();
        ops::Context with = context();
        for (const bool read : {false, true}) {
            const auto report = ops::verify(with, {.dataset = "", .read = read});
            ASSERT_TRUE(report) << report.error().message();
            EXPECT_TRUE(report->sound());
            EXPECT_TRUE(report->findings.empty())
                << report->findings.front().where << ": " << report->findings.front().what;
            EXPECT_EQ(report->archives, 1U);
            EXPECT_TRUE(read || report->segments_by_size == 0U);
        }
        const auto back = fetch();
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, stream_);
    }

    /// A backup under faults, the next run, and a fetch under faults.
    void run_seed(int seed) {
        set_faults(seed, 0.04 + 0.02 * (seed % 8));
        const auto first = back_up();
        if (!first) expect_clear(first.error());
        (first ? whole_ : failed_) += 1;
        set_faults(0, 0);
        const bool committed = clean_up();
        EXPECT_TRUE(committed || !first);
        if (!committed) {
            const auto second = back_up();
            ASSERT_TRUE(second) << second.error().message();
        }
        make_readable();
        if (HasFatalFailure()) return;
        set_faults(seed + 100'000, 0.1);
        const auto back = fetch();
        if (back) {
            EXPECT_TRUE(*back == stream_) << "damaged data was fetched without an error";
        } else {
            expect_clear(back.error());
        }
        set_faults(0, 0);
        expect_whole();
        remove_all();
    }

    void run_seeds() {
        for (int seed = GetParam() * seeds_each; seed < (GetParam() + 1) * seeds_each; ++seed) {
            SCOPED_TRACE(fmt::format("seed {}", seed));
            run_seed(seed);
            if (HasFatalFailure()) return;
        }
        fmt::print(
            "seeds {} to {}: {} backups succeeded at once, {} ended with an error and succeeded "
            "in the next run\n",
            GetParam() * seeds_each, (GetParam() + 1) * seeds_each - 1, whole_, failed_);
        EXPECT_GT(whole_, 0);
        EXPECT_NE(log_->text().find("try 2"), std::string::npos) << "no fault ever occurred";
    }

    const std::uint64_t part_size_;
    const bool cold_;
    const Buffer stream_ = make_stream();
    FakeServer server_{{"--stall-seconds", "2"}};
    MovedClock clock_;
    SystemRandom random_;
    NoSteps steps_;
    Environment environment_;
    NoProgress progress_;
    catalog::Catalog catalog_ = std::move(*catalog::Catalog::in_memory(steps_));
    KeptLog* log_ = nullptr;
    std::unique_ptr<store::Store> store_;
    int whole_ = 0;
    int failed_ = 0;
};

class S3FaultRun : public FaultRun {
  protected:
    S3FaultRun() : FaultRun(std::uint64_t{5} << 20U, false) {
        client_ = std::make_unique<Client>(
            server_.endpoint(), "s3://bucket/pre/fix?class=STANDARD", clock_,
            net::HttpOptions{.stall_timeout = std::chrono::seconds(1)},
            std::make_unique<FixedCredentials>(), quick_retries);
        take(std::move(client_->store), client_->log);
    }
    nlohmann::json leftovers() override { return server_.state()["buckets"]["bucket"]["uploads"]; }
    std::unique_ptr<Client> client_;
};

class VaultFaultRun : public FaultRun {
  protected:
    VaultFaultRun() : FaultRun(std::uint64_t{4} << 20U, true) {
        client_ = std::make_unique<VaultClient>(
            server_.endpoint(), folder_.path() + "/index.sqlite", clock_,
            net::HttpOptions{.stall_timeout = std::chrono::seconds(1)}, quick_retries);
        EXPECT_TRUE(client_->glacier->create_vault("fix"));
        EXPECT_TRUE(client_->index->set_known({clock_.now(), clock_.now()}));
        take(std::move(client_->store), client_->log);
    }
    /// Unfinished uploads; segments that exist twice, or are in no manifest; archives that were
    /// requested twice.
    nlohmann::json leftovers() override {
        const auto vault = server_.get("vaults")["vaults"]["us-east-1:fix"];
        nlohmann::json left = vault["uploads"];
        std::set<std::string> known;
        const auto objects = client_->index->list("").value();
        for (const store::VaultObject& object : objects)
            known.insert(object.archives.begin(), object.archives.end());
        for (const auto& archive : vault["archives"]) {
            const bool segment =
                archive["description"].get<std::string>().starts_with("zglacier/1 s ");
            if (segment && !known.contains(archive["id"].get<std::string>()))
                left.push_back(archive);
        }
        std::set<std::string> asked;
        for (const auto& job : vault["jobs"]) {
            if (!asked.insert(job["ArchiveId"].get<std::string>()).second) left.push_back(job);
        }
        return left;
    }
    TemporaryFolder folder_;
    std::unique_ptr<VaultClient> client_;
};

TEST_P(S3FaultRun, SucceedsOrEndsWithAClearErrorAndTheNextRunSucceeds) { run_seeds(); }
TEST_P(VaultFaultRun, SucceedsOrEndsWithAClearErrorAndTheNextRunSucceeds) { run_seeds(); }

INSTANTIATE_TEST_SUITE_P(Seeds, S3FaultRun, testing::Range(0, 10));
INSTANTIATE_TEST_SUITE_P(Seeds, VaultFaultRun, testing::Range(0, 10));

}  // namespace
}  // namespace zg::test
