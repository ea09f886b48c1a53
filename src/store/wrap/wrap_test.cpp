// Decorators: steps in the right order, repeatable faults.
#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "store/testing/faulty_store.hpp"
#include "store/testing/helpers.hpp"
#include "store/testing/memory_store.hpp"
#include "store/wrap/stepped_store.hpp"

namespace zg::store {
namespace {

class Recorder final : public Steps {
  public:
    void at(std::string_view step) override { steps.emplace_back(step); }
    std::vector<std::string> steps;
};

TEST(SteppedStore, AnnouncesEveryChangeAndNothingElse) {
    ManualClock clock;
    MemoryStore inner(clock);
    Recorder recorder;
    const auto store = announce_steps(inner, recorder);
    ASSERT_EQ(problem_of(upload_segment(*store, "a", 2, test_bytes(3))), "");
    ASSERT_EQ(problem_of(store->put("b", {})), "");
    ASSERT_EQ(problem_of(store->put_new("c", {})), "");
    ASSERT_EQ(problem_of(store->thaw("a", {})), "");
    ASSERT_EQ(problem_of(store->remove("a")), "");
    ASSERT_EQ(problem_of(store->abort(store->begin("d", 1, "").value())), "");
    std::vector<std::string> expected;
    for (const char* call : {"begin a", "put_part a 1", "put_part a 2", "complete a", "put b",
                             "put_new c", "thaw a", "remove a", "begin d", "abort d"}) {
        expected.push_back(std::string("store.") + call + " begin");
        expected.push_back(std::string("store.") + call + " end");
    }
    EXPECT_EQ(recorder.steps, expected);
    (void)store->list("");
    (void)store->uploads("");
    (void)store->stat("b");
    (void)store->get("b");
    (void)store->thaw_state("b");
    EXPECT_EQ(recorder.steps.size(), expected.size());
}

TEST(FaultyStore, TheSameSeedGivesTheSameFaults) {
    ManualClock clock;
    const auto run = [&](std::uint32_t seed) {
        MemoryStore inner(clock);
        FaultyStore store(
            inner, {.seed = seed, .fail_before = 0.3, .kinds = {ErrorKind::full, ErrorKind::io}});
        std::vector<std::optional<ErrorKind>> kinds;
        for (int i = 0; i < 50; ++i) kinds.push_back(kind_of(store.put("a", {})));
        return kinds;
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

TEST(FaultyStore, FailsBeforeAfterAndFlipsBits) {
    ManualClock clock;
    MemoryStore inner(clock);
    FaultyStore store(inner, {.fail_before = 1});
    EXPECT_EQ(kind_of(store.put("a", as_bytes("x"))), ErrorKind::unavailable);
    EXPECT_TRUE(listed(inner, "").empty());
    store.set_faults({.fail_after = 1});
    EXPECT_EQ(kind_of(store.put("a", as_bytes("x"))), ErrorKind::unavailable);
    EXPECT_EQ(listed(inner, "").size(), 1U);
    store.set_faults({.flip = 1});
    const Buffer seen = store.get("a").value();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(std::popcount(std::to_integer<unsigned>(seen[0]) ^ static_cast<unsigned>('x')), 1);
    EXPECT_EQ(store.count(), 3U);
    store.set_faults({});
    EXPECT_EQ(store.get("a").value(), to_buffer("x"));
}

}  // namespace
}  // namespace zg::store
