// The Store contract, by an S3 store against test/fake_aws; and, where S3_ENDPOINT names one (see
// radosgw.sh), against another S3 server.
#include <atomic>
#include <cstdlib>

#include "fake_server.hpp"
#include "store/testing/contract.hpp"

namespace zg::store {
namespace {

/// One empty bucket of its own: a prefix in a server that all tests share would let one see the
/// rest of another.
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

/// A prefix of its own in the bucket "bucket" of a server that was there before.
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
        // Ceph 16 keeps no checksums of parts, answers 500 where an upload is gone, and now and
        // then InvalidPart where a part is left out.
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

}  // namespace
}  // namespace zg::store
