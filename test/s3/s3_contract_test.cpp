// The Store contract for an S3 store with test/fake_aws; and, if S3_ENDPOINT names one (see
// radosgw.sh), with another S3 server.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "fake_server.hpp"
#include "store/store.hpp"
#include "store/testing/contract.hpp"
#include "store/testing/helpers.hpp"

namespace zg::store {
namespace {

/// A new empty bucket: with a prefix on a shared server, one test would see leftovers of another.
class S3Backend final : public Backend {
  public:
    explicit S3Backend(std::string options, std::vector<std::string> arguments = {})
        : options_(std::move(options)), server_(std::move(arguments)) {}

    std::unique_ptr<Store> open() override {
        clients_.push_back(std::make_unique<test::Client>(
            server_.endpoint(), "s3://bucket/pre/fix?" + options_, clock_));
        return std::move(clients_.back()->store);
    }
    void advance(std::chrono::seconds duration) override {
        server_.advance(duration);
        clock_.advance(duration);
    }

  private:
    std::string options_;
    test::FakeServer server_;
    test::MovedClock clock_;
    std::vector<std::unique_ptr<test::Client>> clients_;
};

/// A new prefix in the bucket "bucket" of an existing server.
class OtherServerBackend final : public Backend {
  public:
    std::unique_ptr<Store> open() override {
        clients_.push_back(
            std::make_unique<test::Client>(std::getenv("S3_ENDPOINT"), url_, clock_));
        return std::move(clients_.back()->store);
    }
    void advance(std::chrono::seconds duration) override { clock_.advance(duration); }

  private:
    static std::string next_prefix() {
        static std::atomic<int> count = 0;
        return "prefix" + std::to_string(++count);
    }

    const std::string url_ = "s3://bucket/" + next_prefix() + "?class=STANDARD";
    test::MovedClock clock_;
    std::vector<std::unique_ptr<test::Client>> clients_;
};

std::vector<Factory> factories() {
    constexpr std::uint64_t smallest_part = std::uint64_t{5} << 20;
    const auto s3 = [](std::string options, std::vector<std::string> arguments = {}) {
        return [=] { return std::make_unique<S3Backend>(options, arguments); };
    };
    if (std::getenv("S3_ENDPOINT") != nullptr)
        // Ceph 16 keeps no checksums of parts, answers 500 if an upload is gone, and sometimes
        // InvalidPart if a part is left out.
        return {{.name = "other_server",
                 .make = [] { return std::make_unique<OtherServerBackend>(); },
                 .part_size = smallest_part,
                 .cannot = {"AnotherDigestIsDamageAndTheUploadIsGone",
                            "CompletingAgainWithOtherPartsFails",
                            "AbortForgetsTheUploadAndCanBeRepeated",
                            "PartsThatAreNotListedAreLeftOut"}}};
    return {
        {.name = "standard", .make = s3("class=STANDARD"), .part_size = smallest_part},
        {.name = "deep_archive",
         .make = s3("class=DEEP_ARCHIVE"),
         .part_size = smallest_part,
         .cold = true,
         .thaw_delay = std::chrono::hours(12),
         .slack = std::chrono::minutes(5)},
        {.name = "glacier_versioned_small_pages",
         .make =
             s3("class=GLACIER", {"--page-size", "2", "--bucket", "bucket:us-east-1:versioned"}),
         .part_size = smallest_part,
         .cold = true,
         .thaw_delay = std::chrono::hours(5),
         .slack = std::chrono::minutes(5)},
    };
}

INSTANTIATE_TEST_SUITE_P(S3, StoreContract, testing::ValuesIn(factories()), factory_name);
INSTANTIATE_TEST_SUITE_P(S3, StoreThawContract, testing::ValuesIn(factories()), factory_name);

/// A store with retries, on a server that carries out a request and loses its answer.
class S3LostAnswerTest : public testing::Test {
  protected:
    void SetUp() override {
        if (std::getenv("S3_ENDPOINT") != nullptr) GTEST_SKIP() << "its answers are not lost";
    }
    void lose_answer(const std::string& method, const nlohmann::json& match = {}) {
        nlohmann::json of{{"method", method}};
        of.update(match.is_null() ? nlohmann::json::object() : match);
        server_.control("faults", {{"match", of}, {"kind", "lost-answer"}});
    }
    /// At least: libcurl may have repeated a PUT or DELETE whose kept connection was cut.
    void expect_retries(std::size_t count) {
        const std::string text = client_.log.text();
        std::size_t found = 0;
        for (std::size_t at = text.find("; try 2 in "); at != std::string::npos;
             at = text.find("; try 2 in ", at + 1))
            ++found;
        EXPECT_GE(found, count) << text;
    }

    const std::string segment_ = "archives/a/000001.zfs";
    test::FakeServer server_;
    test::MovedClock clock_;
    test::Client client_{server_.endpoint(),
                         "s3://bucket/pre/fix?class=GLACIER",
                         clock_,
                         {},
                         std::make_unique<test::FixedCredentials>(),
                         {.first = std::chrono::milliseconds(2),
                          .longest = std::chrono::milliseconds(20),
                          .budget = std::chrono::seconds(60)}};
    Store& store_ = *client_.store;
};

TEST_F(S3LostAnswerTest, PutNewFindsItsOwnBytes) {
    lose_answer("PUT");
    EXPECT_EQ(problem_of(store_.put_new("zglacier.json", as_bytes("{}"))), "");
    EXPECT_EQ(store_.get("zglacier.json").value(), to_buffer("{}"));
    expect_retries(1);
    EXPECT_EQ(kind_of(store_.put_new("zglacier.json", as_bytes("other"))), ErrorKind::conflict);
    EXPECT_EQ(kind_of(store_.put_new("zglacier.json", as_bytes("{}"))), ErrorKind::conflict)
        << "no answer was lost: it is another writer's";
}

TEST_F(S3LostAnswerTest, CompleteFindsItsOwnSegment) {
    const Buffer content = test_bytes(1000);
    lose_answer("POST", {{"query", "uploads"}});
    const Upload upload = store_.begin(segment_, std::uint64_t{5} << 20U, "").value();
    EXPECT_EQ(store_.uploads("").value().size(), 2U) << "it was started twice";
    lose_answer("PUT");
    const Part part = put_piece(store_, upload, 1, content);
    lose_answer("POST", {{"query", "uploadId"}});
    EXPECT_EQ(problem_of(store_.complete(upload, {part})), "");
    EXPECT_EQ(store_.stat(segment_).value().size, content.size());
    expect_retries(2);
    const auto left = store_.uploads("").value();
    ASSERT_EQ(left.size(), 1U);
    lose_answer("DELETE");
    EXPECT_EQ(problem_of(store_.abort(left.front())), "");
    EXPECT_EQ(store_.uploads("").value().size(), 0U);
}

TEST_F(S3LostAnswerTest, AThawIsRequestedOnceAndARemovalSucceeds) {
    ASSERT_EQ(
        problem_of(upload_segment(store_, segment_, std::uint64_t{5} << 20U, test_bytes(1000))),
        "");
    lose_answer("POST", {{"query", "restore"}});
    EXPECT_EQ(problem_of(store_.thaw(segment_, {})), "");
    EXPECT_EQ(store_.thaw_state(segment_).value().temperature, Temperature::thawing);
    lose_answer("DELETE");
    EXPECT_EQ(problem_of(store_.remove(segment_)), "");
    EXPECT_EQ(kind_of(store_.stat(segment_)), ErrorKind::not_found);
    expect_retries(1);
}

}  // namespace
}  // namespace zg::store
