#include "flow/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/result.hpp"

namespace zg::flow {
namespace {

TEST(Workers, ResultsAreInOrderWithAnyNumberOfThreads) {
    for (const unsigned threads : {0U, 1U, 2U, 7U}) {
        Workers workers(threads);
        Window<int> window(workers);
        int next = 0;
        for (int i = 0; i < 200; ++i) {
            window.begin([i] {
                if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                return i;
            });
            if (window.full()) {
                EXPECT_EQ(window.take(), next++);
            }
        }
        while (!window.empty()) EXPECT_EQ(window.take(), next++);
        EXPECT_EQ(next, 200);
    }
}

TEST(Workers, TheCallerHelpsInsteadOfWaiting) {
    Workers workers(1, 2);
    Window<std::thread::id> window(workers);
    std::promise<void> release;
    window.begin_or_help([&] {
        release.get_future().wait();
        return std::this_thread::get_id();
    });
    // The thread runs that one, two more may wait; it may take a moment until the thread starts.
    while (window.size() < 40) window.begin_or_help([] { return std::this_thread::get_id(); });
    EXPECT_FALSE(window.ready());
    release.set_value();
    std::multiset<std::thread::id> by;
    while (!window.empty()) by.insert(window.take());
    EXPECT_EQ(by.size(), 40U);
    EXPECT_GE(by.count(std::this_thread::get_id()), 37U);
    EXPECT_LT(by.count(std::this_thread::get_id()), 40U);
}

TEST(Workers, ReadyMeansThatTakeDoesNotWait) {
    Workers none(0);
    Window<int> here(none);
    here.begin_or_help([] { return 1; });
    EXPECT_TRUE(here.ready());
    Workers one(1);
    Window<int> there(one);
    there.begin_or_help([] { return 2; });
    for (int i = 0; i < 10'000 && !there.ready(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(there.ready());
    EXPECT_EQ(there.take(), 2);
}

TEST(Workers, TasksRunAtTheSameTime) {
    Workers workers(3);
    std::atomic<int> together = 0;
    Window<bool> window(workers);
    for (int i = 0; i < 3; ++i)
        window.begin([&] {
            ++together;
            for (int wait = 0; together < 3 && wait < 10'000; ++wait)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return together == 3;
        });
    while (!window.empty()) EXPECT_TRUE(window.take());
}

TEST(Workers, TheDestructorReturnsWithRunningTasks) {
    std::atomic<int> begun = 0;
    {
        Workers workers(2);
        Window<int> window(workers);
        for (int i = 0; i < 4; ++i) window.begin([&] { return ++begun; });
    }
    EXPECT_LE(begun, 4);
}

TEST(ForEach, ActsOnEveryIndexOnce) {
    for (const unsigned threads : {0U, 1U, 4U}) {
        Workers workers(threads);
        std::mutex mutex;
        std::multiset<std::size_t> seen;
        const auto done = for_each(workers, 100, [&](std::size_t i) -> Result<void> {
            const std::lock_guard lock(mutex);
            seen.insert(i);
            return {};
        });
        EXPECT_TRUE(done);
        EXPECT_EQ(seen.size(), 100U);
        EXPECT_EQ(std::set<std::size_t>(seen.begin(), seen.end()).size(), 100U);
    }
}

TEST(ForEach, TheFirstErrorByIndexEndsIt) {
    for (const unsigned threads : {0U, 4U}) {
        Workers workers(threads);
        std::atomic<int> calls = 0;
        const auto failed = for_each(workers, 1000, [&](std::size_t i) -> Result<void> {
            ++calls;
            if (i == 10 || i == 11) return fail({.kind = ErrorKind::io, .what = std::to_string(i)});
            return {};
        });
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().what, "10");
        EXPECT_LT(calls, 30);
    }
}

}  // namespace
}  // namespace zg::flow
