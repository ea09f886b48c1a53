#include "aws/auth/credentials_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/testing/credentials.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/testing/manual_clock.hpp"

namespace zg::aws {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::expect_error;
using testing::mark;

/// Provides keys numbered from 1, with a given lifetime.
class NumberedSource final : public CredentialSource {
  public:
    struct Control {
        Clock& clock;
        std::optional<seconds> life{};
        std::optional<ErrorKind> error{};
        std::atomic<int> calls{0};
        bool same = false;
    };
    explicit NumberedSource(Control& control) : control_(control) {}
    Result<Credentials> fetch() override {
        const int call = ++control_.calls;
        if (control_.error) return fail({.kind = *control_.error, .what = "no", .hint = "wait"});
        Credentials credentials{.access_key_id = "id" + std::to_string(control_.same ? 1 : call),
                                .secret_access_key = Secret(mark)};
        if (control_.life) credentials.expires = control_.clock.now() + *control_.life;
        return credentials;
    }
    [[nodiscard]] std::string name() const override { return "numbers"; }

  private:
    Control& control_;
};

class CacheTest : public ::testing::Test {
  protected:
    CredentialsCache& cache(Lasting lasting = Lasting::keep) {
        if (!cache_)
            cache_ = std::make_unique<CredentialsCache>(std::make_unique<NumberedSource>(control),
                                                        clock, lasting);
        return *cache_;
    }
    std::string id() {
        const auto got = cache().get();
        return got ? got->access_key_id : got.error().what;
    }

    ManualClock clock;
    NumberedSource::Control control{.clock = clock};

  private:
    std::unique_ptr<CredentialsCache> cache_;
};

TEST_F(CacheTest, KeepsKeysThatNeverExpire) {
    EXPECT_EQ(id(), "id1");
    clock.advance(std::chrono::hours(10'000));
    EXPECT_EQ(id(), "id1");
    EXPECT_EQ(cache().source(), "numbers");
}

TEST_F(CacheTest, CanRefetchKeysThatNeverExpire) {
    cache(Lasting::ask_again);
    EXPECT_EQ(id(), "id1");
    EXPECT_EQ(id(), "id2");
}

TEST_F(CacheTest, RenewsWhenAQuarterOfAnHourIsLeft) {
    control.life = std::chrono::hours(12);
    EXPECT_EQ(id(), "id1");
    clock.advance(std::chrono::hours(12) - minutes(15) - seconds(1));
    EXPECT_EQ(id(), "id1");
    clock.advance(seconds(1));
    EXPECT_EQ(id(), "id2");
    EXPECT_EQ(id(), "id2");
}

TEST_F(CacheTest, RenewsShortLivedKeysWhenAFifthIsLeft) {
    control.life = minutes(15);
    EXPECT_EQ(id(), "id1");
    clock.advance(minutes(12) - seconds(1));
    EXPECT_EQ(id(), "id1");
    clock.advance(seconds(1));
    EXPECT_EQ(id(), "id2");
}

TEST_F(CacheTest, NeverReturnsAnExpiredTokenOfFiveSeconds) {
    control.life = seconds(5);
    for (int passed = 0; passed < 100; ++passed) {
        const auto got = cache().get();
        ASSERT_TRUE(got);
        EXPECT_GT(*got->expires, clock.now());
        clock.advance(std::chrono::milliseconds(300));
    }
    EXPECT_LE(control.calls, 9);
}

TEST_F(CacheTest, ATokenOfOneSecondWorks) {
    control.life = seconds(1);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(cache().get());
}

TEST_F(CacheTest, KeepsTheOldKeysWhileTheSourceIsDown) {
    control.life = std::chrono::hours(1);
    EXPECT_EQ(id(), "id1");
    control.error = ErrorKind::unavailable;
    clock.advance(minutes(50));
    EXPECT_EQ(id(), "id1");
    EXPECT_EQ(control.calls, 2);
    EXPECT_EQ(id(), "id1");  // the source is not tried again for a while
    EXPECT_EQ(control.calls, 2);
    clock.advance(minutes(1));
    EXPECT_EQ(id(), "id1");
    EXPECT_EQ(control.calls, 3);
    control.error.reset();
    clock.advance(minutes(1));
    EXPECT_EQ(id(), "id4");
}

TEST_F(CacheTest, FailsOnceTheOldKeysHaveExpired) {
    control.life = minutes(1);
    EXPECT_EQ(id(), "id1");
    control.error = ErrorKind::unavailable;
    clock.advance(seconds(59));
    EXPECT_EQ(id(), "id1");
    clock.advance(seconds(1));
    const auto got = cache().get();
    ASSERT_FALSE(got);
    expect_error(got.error(), ErrorKind::unavailable);
    control.error.reset();
    EXPECT_TRUE(cache().get());
}

TEST_F(CacheTest, RefetchesRefusedKeys) {
    const auto first = cache().get();
    cache().refused(*first);
    EXPECT_EQ(id(), "id2");
    cache().refused(*first);  // of another thread: these are new already
    EXPECT_EQ(id(), "id2");
}

TEST_F(CacheTest, RefusesKeysThatHaveExpiredAlready) {
    control.life = seconds(-1);
    const auto got = cache().get();
    ASSERT_FALSE(got);
    expect_error(got.error(), ErrorKind::refused);
    EXPECT_NE(got.error().message().find("2026-11-23T01:59:59Z"), std::string::npos);
}

/// Provides given credentials.
class OneSource final : public CredentialSource {
  public:
    explicit OneSource(Credentials credentials) : credentials_(std::move(credentials)) {}
    Result<Credentials> fetch() override { return credentials_; }
    [[nodiscard]] std::string name() const override { return "one"; }

  private:
    Credentials credentials_;
};

TEST_F(CacheTest, RefusesInvalidKeys) {
    for (const Credentials& odd :
         {Credentials{.access_key_id = "", .secret_access_key = Secret(mark)},
          Credentials{.access_key_id = "id", .secret_access_key = Secret()},
          Credentials{.access_key_id = "id\n", .secret_access_key = Secret(mark)},
          Credentials{.access_key_id = "id", .secret_access_key = Secret(mark + "\n")},
          Credentials{.access_key_id = "id",
                      .secret_access_key = Secret(mark),
                      .session_token = Secret(mark + "\r\nX: y")}}) {
        CredentialsCache one(std::make_unique<OneSource>(odd), clock, Lasting::keep);
        const auto got = one.get();
        ASSERT_FALSE(got);
        expect_error(got.error(), ErrorKind::usage);
    }
}

TEST_F(CacheTest, OnlyOneOfManyThreadsRenews) {
    control.life = std::chrono::hours(1);
    for (int round = 0; round < 20; ++round) {
        const int before = control.calls;
        const auto used = cache().get();
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                cache().refused(*used);
                EXPECT_TRUE(cache().get());
            });
        threads.clear();
        EXPECT_LE(control.calls - before, 2);
    }
}

TEST_F(CacheTest, ThreadsShareARenewalInTime) {
    control.life = std::chrono::hours(1);
    EXPECT_EQ(id(), "id1");
    clock.advance(minutes(55));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(id(), "id2"); });
    threads.clear();
    EXPECT_EQ(control.calls, 2);
}

}  // namespace
}  // namespace zg::aws
