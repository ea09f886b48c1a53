// The Store contract for a store in a vault with test/fake_aws, and tests of such a store only.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "base/testing/temporary_folder.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "fake_server.hpp"
#include "fake_vault.hpp"
#include "net/http.hpp"
#include "store/store.hpp"
#include "store/testing/contract.hpp"
#include "store/testing/helpers.hpp"
#include "store/vault/adopter.hpp"
#include "store/vault/inventory.hpp"

namespace zg::store {
namespace {

using namespace std::chrono_literals;
using test::VaultClient;

class VaultBackend final : public Backend {
  public:
    explicit VaultBackend(std::vector<std::string> arguments = {}) : server_(std::move(arguments)) {
        VaultClient first(server_.endpoint(), folder_.path() + "/index.sqlite", clock_);
        if (!first.glacier->create_vault("fix") ||
            !first.index->set_known({clock_.now(), clock_.now()}))
            throw std::runtime_error("no vault");
    }
    std::unique_ptr<Store> open() override {
        clients_.push_back(std::make_unique<VaultClient>(server_.endpoint(),
                                                         folder_.path() + "/index.sqlite", clock_));
        return std::move(clients_.back()->store);
    }
    void advance(std::chrono::seconds duration) override {
        server_.advance(duration);
        clock_.advance(duration);
    }

  private:
    TemporaryFolder folder_;
    test::FakeServer server_;
    test::MovedClock clock_;
    std::vector<std::unique_ptr<VaultClient>> clients_;
};

std::vector<Factory> factories() {
    const auto vault = [](std::vector<std::string> arguments) {
        return [=] { return std::make_unique<VaultBackend>(arguments); };
    };
    // A vault does not remove a part of an upload, and decides itself how long thawed archives stay
    // readable.
    const std::set<std::string> cannot{"PartsThatAreNotListedAreLeftOut",
                                       "ACopyThatIsRequestedAgainStaysLonger"};
    return {{.name = "vault",
             .make = vault({}),
             .part_size = 1 << 20,
             .cold = true,
             .thaw_delay = 5h,
             .cannot = cannot,
             .slack = 5min},
            {.name = "vault_small_pages",
             .make = vault({"--page-size", "2"}),
             .part_size = 1 << 20,
             .cold = true,
             .thaw_delay = 5h,
             .cannot = cannot,
             .slack = 5min}};
}

INSTANTIATE_TEST_SUITE_P(Vault, StoreContract, testing::ValuesIn(factories()), factory_name);
INSTANTIATE_TEST_SUITE_P(Vault, StoreThawContract, testing::ValuesIn(factories()), factory_name);

class VaultStoreTest : public testing::Test {
  protected:
    VaultStoreTest() {
        here_ = open("here");
        EXPECT_TRUE(here_->glacier->create_vault("fix"));
        EXPECT_TRUE(here_->index->set_known({clock_.now(), clock_.now()}));
    }
    /// As on another machine, with another index.
    std::unique_ptr<VaultClient> open(const std::string& machine,
                                      RetryPolicy retry = test::no_retries) {
        return std::make_unique<VaultClient>(server_.endpoint(),
                                             folder_.path() + "/" + machine + ".sqlite", clock_,
                                             net::HttpOptions{}, retry);
    }
    /// Lets the next POST to `path` be carried out and its answer be lost.
    void lose_answer(const std::string& path) {
        server_.control("faults",
                        {{"match", {{"method", "POST"}, {"path", path}}}, {"kind", "lost-answer"}});
    }
    void advance(std::chrono::seconds duration) {
        server_.advance(duration);
        clock_.advance(duration);
    }
    void put_some() {
        ASSERT_EQ(problem_of(here_->store->put_new("zglacier.json", as_bytes("{\"record\": 1}"))),
                  "");
        ASSERT_EQ(problem_of(upload_segment(*here_->store, segment_, 1 << 20, content_)), "");
        ASSERT_EQ(problem_of(here_->store->put_new("manifests/a.json", test_bytes(20'000))), "");
    }
    /// Calls refresh() until the inventory is ready, like a user who retries at the given time.
    static Result<void> learn(VaultStoreTest& test, Store& store) {
        for (int tries = 0; tries < 3; ++tries) {
            auto refreshed = store.refresh();
            if (refreshed || refreshed.error().kind != ErrorKind::cold) return refreshed;
            test.advance(5h);
        }
        return fail({.kind = ErrorKind::cold, .what = "still cold"});
    }

    const std::string segment_ = "archives/a/000001.zfs";
    const Buffer content_ = test_bytes((3 << 20) + 17);
    TemporaryFolder folder_;
    test::FakeServer server_;
    test::MovedClock clock_;
    std::unique_ptr<VaultClient> here_;
};

TEST_F(VaultStoreTest, AnotherMachineKnowsEverythingFromTheInventory) {
    put_some();
    const auto there = open("there");
    const auto unknown = there->store->list("");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, ErrorKind::cold);
    EXPECT_NE(unknown.error().hint.find("catalog rebuild"), std::string::npos);
    const auto none = there->store->refresh();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::cold);
    EXPECT_NE(none.error().what.find("no inventory yet"), std::string::npos)
        << none.error().message();
    advance(25h);
    ASSERT_EQ(problem_of(learn(*this, *there->store)), "");
    EXPECT_EQ(listed(*there->store, ""),
              (std::vector<std::string>{segment_, "manifests/a.json", "zglacier.json"}));
    EXPECT_EQ(there->store->get("manifests/a.json").value(), test_bytes(20'000));
    EXPECT_EQ(there->store->stat(segment_)->tree_hash, codec::tree_hash(content_).tree);
    ASSERT_EQ(problem_of(there->store->thaw(segment_, {})), "");
    advance(5h);
    Buffer back(content_.size());
    EXPECT_EQ(there->store->read(segment_, 0, back).value(), content_.size());
    EXPECT_EQ(back, content_);
}

TEST_F(VaultStoreTest, AnotherMachineLearnsOfARemovalFromTheInventoryAlone) {
    put_some();
    ASSERT_EQ(problem_of(here_->store->put_new("removed/a.json", as_bytes("tombstone"))), "");
    ASSERT_EQ(problem_of(here_->store->remove("manifests/a.json")), "");
    advance(25h);
    const auto there = open("there");
    ASSERT_EQ(problem_of(learn(*this, *there->store)), "");
    EXPECT_EQ(listed(*there->store, ""),
              (std::vector<std::string>{segment_, "removed/a.json", "zglacier.json"}));
    EXPECT_EQ(there->store->get("removed/a.json").value(), to_buffer("tombstone"));
    EXPECT_EQ(kind_of(there->store->get("manifests/a.json")), ErrorKind::not_found);
}

TEST_F(VaultStoreTest, AnOldInventoryDoesNotUndoLaterChanges) {
    put_some();
    advance(25h);
    // The next inventory has neither the removal nor the new object.
    ASSERT_EQ(problem_of(here_->store->remove("manifests/a.json")), "");
    ASSERT_EQ(problem_of(here_->store->put_new("manifests/b.json", as_bytes("new"))), "");
    ASSERT_EQ(problem_of(here_->store->put("zglacier.json", as_bytes("{\"record\": 2}"))), "");
    ASSERT_EQ(problem_of(learn(*this, *here_->store)), "");
    EXPECT_EQ(listed(*here_->store, ""),
              (std::vector<std::string>{segment_, "manifests/b.json", "zglacier.json"}));
    EXPECT_EQ(here_->store->get("zglacier.json").value(), to_buffer("{\"record\": 2}"));
}

TEST_F(VaultStoreTest, ARemovalBySomebodyElseIsNoticedAndLogged) {
    put_some();
    const auto object = here_->index->find(segment_);
    ASSERT_TRUE(object && *object);
    ASSERT_TRUE(here_->glacier->delete_archive("fix", (*object)->archives.front()));
    advance(73h);
    ASSERT_EQ(problem_of(learn(*this, *here_->store)), "");
    EXPECT_EQ(kind_of(here_->store->stat(segment_)), ErrorKind::not_found);
    EXPECT_NE(here_->log.text().find("removed from the vault by somebody else"), std::string::npos)
        << here_->log.text();
}

TEST_F(VaultStoreTest, ACompletionWhoseAnswerWasLostIsFound) {
    ASSERT_EQ(problem_of(here_->store->put_new("zglacier.json", as_bytes("{}"))), "");
    const Upload upload = here_->store->begin(segment_, 1 << 20, "").value();
    std::vector<Part> parts;
    for (const Bytes piece : pieces(content_, 1 << 20))
        parts.push_back(
            put_piece(*here_->store, upload, static_cast<std::uint32_t>(parts.size() + 1), piece));
    server_.control("faults", {{"match", {{"method", "POST"}, {"path", "/multipart-uploads/"}}},
                               {"kind", "lost-answer"}});
    const auto lost = here_->store->complete(upload, parts);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().kind, ErrorKind::unavailable);
    // The same call again, like a retry; and another process that only cleans up.
    EXPECT_EQ(problem_of(here_->store->complete(upload, parts)), "");
    EXPECT_EQ(here_->store->stat(segment_)->size, content_.size());
    EXPECT_TRUE(here_->index->completions()->empty());
}

TEST_F(VaultStoreTest, TheSameArchiveIsNotRequestedTwice) {
    put_some();
    advance(25h);
    const auto there = open("there");
    ASSERT_EQ(problem_of(learn(*this, *there->store)), "");
    for (Store* store : {here_->store.get(), there->store.get(), here_->store.get()})
        ASSERT_EQ(problem_of(store->thaw(segment_, {.tier = "bulk"})), "");
    const auto jobs = here_->glacier->list_jobs("fix", "");
    ASSERT_TRUE(jobs);
    EXPECT_EQ(std::ranges::count(*jobs, aws::JobType::archive, &aws::Job::type), 1);
    advance(12h);
    for (Store* store : {here_->store.get(), there->store.get()}) {
        ASSERT_EQ(problem_of(store->thaw(segment_, {})), "");
        EXPECT_EQ(store->thaw_state(segment_)->temperature, Temperature::hot);
    }
    EXPECT_EQ(here_->glacier->list_jobs("fix", "")->size(), jobs->size());
    advance(24h);
    EXPECT_EQ(here_->store->thaw_state(segment_)->temperature, Temperature::cold)
        << "a job's output lasts 24 hours";
    Buffer into(1);
    EXPECT_EQ(kind_of(here_->store->read(segment_, 0, into)), ErrorKind::cold);
    ASSERT_EQ(problem_of(here_->store->thaw(segment_, {})), "");
    EXPECT_EQ(here_->store->thaw_state(segment_)->temperature, Temperature::thawing);
}

TEST_F(VaultStoreTest, AnArchiveOfAnotherProgramBecomesASegmentForAll) {
    put_some();
    const Buffer stream = test_bytes((2 << 20) + 5);
    const auto digests = codec::tree_hash(stream);
    const auto receipt =
        here_->glacier->upload_archive("fix", stream, digests, "vat/testfs@glacier");
    ASSERT_TRUE(receipt);
    const std::string name = "archives/20130523T020000Z-7f3a9c21/000001.zfs";
    const InventoryArchive archive{.id = receipt->id,
                                   .description = "vat/testfs@glacier",
                                   .created = clock_.now() - 24h,
                                   .size = stream.size(),
                                   .tree_hash = digests.tree};
    ASSERT_EQ(problem_of(adopt_archive(*here_->glacier, "fix", *here_->index, archive, name,
                                       clock_.now())),
              "");
    EXPECT_EQ(
        kind_of(adopt_archive(*here_->glacier, "fix", *here_->index, archive, name, clock_.now())),
        ErrorKind::conflict);
    EXPECT_EQ(here_->store->stat(name)->tree_hash, digests.tree);
    advance(25h);
    const auto there = open("there");
    for (Store* store : {here_->store.get(), there->store.get()}) {
        ASSERT_EQ(problem_of(learn(*this, *store)), "");
        EXPECT_EQ(listed(*store, ""),
                  (std::vector<std::string>{name, segment_, "manifests/a.json", "zglacier.json"}));
    }
    ASSERT_EQ(problem_of(there->store->thaw(name, {})), "");
    advance(5h);
    Buffer back(stream.size());
    EXPECT_EQ(there->store->read(name, 0, back).value(), stream.size());
    EXPECT_EQ(back, stream);
    // Removing it only releases it.
    ASSERT_EQ(problem_of(there->store->remove(name)), "");
    EXPECT_EQ(kind_of(there->store->stat(name)), ErrorKind::not_found);
    advance(73h);
    for (Store* store : {here_->store.get(), there->store.get()}) {
        ASSERT_EQ(problem_of(learn(*this, *store)), "");
        EXPECT_EQ(listed(*store, "archives/2013"), (std::vector<std::string>{}));
    }
    EXPECT_TRUE(here_->glacier->initiate_job("fix", {.archive_id = receipt->id}))
        << "it is still in the vault";
}

/// Peak memory of this process so far, KiB.
long peak_memory() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

TEST_F(VaultStoreTest, StoresTheLargestPossibleArchive) {
    constexpr std::uint64_t part_size = std::uint64_t{4} << 30U;
    constexpr std::uint32_t count = 10'000;
    const auto leaf = codec::sha256(Buffer(codec::tree_leaf_size));
    codec::TreeJoiner joiner;
    for (std::uint64_t i = 0; i < part_size / codec::tree_leaf_size; ++i) joiner.add(leaf);
    const codec::Sha256Digest of_part = joiner.finish();
    const long before = peak_memory();
    const Upload upload = here_->store->begin(segment_, part_size, "").value();
    server_.control("put-parts", {{"vault", "fix"},
                                  {"upload", upload.id},
                                  {"first", 0},
                                  {"count", count},
                                  {"tree_hash", of_part.hex()},
                                  {"size", part_size}});
    EXPECT_EQ(here_->glacier->list_parts("fix", upload.id)->size(), count);
    // The linear digest of a part is compared when it is put, and not used later.
    const Part part{.number = 1,
                    .size = part_size,
                    .sha256 = of_part,
                    .tag = of_part.hex() + "/" + of_part.hex()};
    std::vector<Part> parts(count, part);
    for (std::uint32_t i = 0; i < count; ++i) parts[i].number = i + 1;
    const auto stat = here_->store->complete(upload, parts);
    ASSERT_TRUE(stat) << stat.error().message();
    EXPECT_EQ(stat->size, std::uint64_t{40'000} << 30U);
    // The server has compared it with its own; check it again from the leaves: ten thousand
    // subtrees of 4,096 leaves.
    for (std::uint32_t i = 0; i < count; ++i) joiner.add(of_part);
    EXPECT_EQ(stat->tree_hash, joiner.finish());
    EXPECT_LT(peak_memory() - before, 64 * 1024) << "KiB";
    // One byte more is too large for an archive.
    parts.push_back({.number = count + 1, .size = 1, .sha256 = of_part, .tag = part.tag});
    EXPECT_EQ(kind_of(here_->store->complete(upload, parts)), ErrorKind::usage);
}

constexpr RetryPolicy quick_retries{.first = 2ms, .longest = 20ms, .budget = 60s};

TEST_F(VaultStoreTest, AJobWhoseAnswerWasLostIsNotStartedTwice) {
    put_some();
    const auto retrying = open("here", quick_retries);
    lose_answer("/jobs");
    EXPECT_EQ(problem_of(retrying->store->thaw(segment_, {})), "");
    EXPECT_EQ(here_->glacier->list_jobs("fix", "")->size(), 1U) << "by the store";

    const auto archive = here_->index->find(segment_).value()->archives.front();
    lose_answer("/jobs");
    EXPECT_EQ(problem_of(retrying->glacier->initiate_job(
                  "fix", {.archive_id = archive, .description = "by hand"})),
              "");
    EXPECT_EQ(here_->glacier->list_jobs("fix", "")->size(), 2U) << "by the client";
    EXPECT_NE(retrying->log.text().find("try 2 in"), std::string::npos);
}

TEST_F(VaultStoreTest, EveryCallWhoseAnswerWasLostSucceeds) {
    const auto retrying = open("here", quick_retries);
    lose_answer("/archives");
    EXPECT_EQ(problem_of(retrying->store->put_new("zglacier.json", as_bytes("{}"))), "");
    EXPECT_EQ(retrying->store->get("zglacier.json").value(), to_buffer("{}"));
    EXPECT_EQ(problem_of(retrying->store->put_new("zglacier.json", as_bytes("other"))), "conflict");
    lose_answer("/multipart-uploads");
    const Upload upload = retrying->store->begin(segment_, 1 << 20, "").value();
    EXPECT_EQ(retrying->store->uploads("").value().size(), 2U) << "it was begun twice";
    std::vector<Part> parts;
    for (const Bytes piece : pieces(content_, 1 << 20))
        parts.push_back(put_piece(*retrying->store, upload,
                                  static_cast<std::uint32_t>(parts.size() + 1), piece));
    lose_answer("/multipart-uploads/");
    EXPECT_EQ(problem_of(retrying->store->complete(upload, parts)), "");
    EXPECT_EQ(retrying->store->stat(segment_)->size, content_.size());
    const auto left = retrying->store->uploads("").value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(problem_of(retrying->store->abort(left.front())), "");
}

}  // namespace
}  // namespace zg::store
