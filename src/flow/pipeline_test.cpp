#include "flow/pipeline.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "flow/queue.hpp"

namespace zg::flow {
namespace {

/// Emits each number as many times as its value, then one more at the end.
class Repeat final : public Stage<int> {
  public:
    explicit Repeat(int times) : times_(times) {}
    Result<void> take(int item, const Emit<int>& emit) override {
        for (int i = 0; i < times_; ++i) ZG_CHECK(emit(item * 10 + i));
        return {};
    }
    Result<void> finish(const Emit<int>& emit) override { return emit(-1); }

  private:
    int times_;
};

class Collect final : public Stage<int> {
  public:
    Result<void> take(int item, const Emit<int>& emit) override {
        items.push_back(item);
        return emit(item);
    }
    std::vector<int> items;
};

class FailAt final : public Stage<int> {
  public:
    explicit FailAt(int item) : item_(item) {}
    Result<void> take(int item, const Emit<int>& emit) override {
        if (item == item_)
            return fail({.kind = ErrorKind::io, .what = "failed at " + std::to_string(item)});
        return emit(item);
    }

  private:
    int item_;
};

Producer<int> count_to(int end) {
    return [next = 0, end]() mutable -> Result<std::optional<int>> {
        if (next == end) return std::optional<int>{};
        return std::optional<int>(next++);
    };
}

class Pipelines : public testing::TestWithParam<PipelineOptions> {};

TEST_P(Pipelines, KeepTheOrderAndFinishInOrder) {
    Repeat first(2);
    Repeat second(1);
    Collect last;
    ASSERT_TRUE(run_pipeline<int>(count_to(3), {&first, &second, &last}, GetParam()));
    EXPECT_EQ(last.items, (std::vector<int>{0, 10, 100, 110, 200, 210, -10, -1}));
}

TEST_P(Pipelines, ReturnAStagesError) {
    FailAt bad(500);
    Collect last;
    const auto result = run_pipeline<int>(count_to(100'000), {&bad, &last}, GetParam());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, "failed at 500");
    EXPECT_LE(last.items.size(), 500U);
}

TEST_P(Pipelines, ReturnTheProducersError) {
    Collect last;
    const Producer<int> produce = []() -> Result<std::optional<int>> {
        return fail({.kind = ErrorKind::io, .what = "no input"});
    };
    const auto result = run_pipeline<int>(produce, {&last}, GetParam());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, "no input");
}

class NeverFinish final : public Stage<int> {
  public:
    Result<void> take(int, const Emit<int>&) override { return {}; }
    Result<void> finish(const Emit<int>&) override {
        finished = true;
        return {};
    }
    bool finished = false;
};

TEST_P(Pipelines, DoNotFinishAfterAnError) {
    NeverFinish first;
    const Producer<int> produce = [n = 0]() mutable -> Result<std::optional<int>> {
        if (n++ < 10) return std::optional<int>(n);
        return fail({.kind = ErrorKind::damage, .what = "torn"});
    };
    ASSERT_FALSE(run_pipeline<int>(produce, {&first}, GetParam()));
    EXPECT_FALSE(first.finished);
}

INSTANTIATE_TEST_SUITE_P(OneThreadAndMany, Pipelines,
                         testing::Values(PipelineOptions{false, 1}, PipelineOptions{true, 1},
                                         PipelineOptions{true, 4}));

TEST(BoundedQueue, HoldsNoMoreThanItsCapacity) {
    BoundedQueue<int> queue(2);
    std::atomic<int> pushed{0};
    std::jthread producer([&] {
        for (int i = 0; i < 5 && queue.push(i); ++i) ++pushed;
        queue.close();
    });
    std::vector<int> got;
    while (auto item = queue.pop()) {
        EXPECT_LE(pushed.load(), static_cast<int>(got.size()) + 4);
        got.push_back(*item);
    }
    EXPECT_EQ(got, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(BoundedQueue, CancelWakesAWaitingPusher) {
    BoundedQueue<int> queue(1);
    ASSERT_TRUE(queue.push(1));
    std::jthread canceller([&] { queue.cancel(); });
    EXPECT_FALSE(queue.push(2) && queue.push(3));
    EXPECT_FALSE(queue.pop());
}

}  // namespace
}  // namespace zg::flow
