// Two cold archives of several segments each, and a log with times.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/engine.hpp"
#include "archive/testing/store_stream.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "store/testing/memory_store.hpp"
#include "stream/testing/builder.hpp"
#include "thaw/testing/cold_store.hpp"
#include "thaw/thaw.hpp"

namespace zg::thaw {

/// Keeps each line with the time at which it was logged.
class TimedLog final : public Log {
  public:
    explicit TimedLog(Clock& clock) : clock_(clock) {}
    void line(Level level, std::string_view text) override {
        const std::lock_guard guard(mutex_);
        lines.push_back({level, clock_.now(), std::string(text)});
    }
    [[nodiscard]] std::optional<TimePoint> when(const std::string& part) const {
        for (const auto& [level, time, text] : lines) {
            if (text.find(part) != std::string::npos) return time;
        }
        return std::nullopt;
    }
    struct Line {
        Level level;
        TimePoint time;
        std::string text;
    };
    std::vector<Line> lines;

  private:
    std::mutex mutex_;
    Clock& clock_;
};

class ThawTest : public testing::Test {
  protected:
    ThawTest() {
        // A full archive and an incremental one, of several segments each.
        archives.push_back(store_archive("20261123T020000Z-0123abcd", 11, 0));
        archives.push_back(store_archive("20261124T020000Z-0123abcd", 12, 11));
        engine.archives.store_options = {{"class", "DEEP_ARCHIVE"}};
    }

    catalog::Manifest store_archive(const std::string& id, std::uint64_t guid, std::uint64_t from) {
        stream::testing::Builder builder;
        builder.begin(guid, from);
        for (unsigned i = 1; i <= 900; ++i) builder.object(i).write(i, 0, 4096);
        builder.end();
        auto manifest = archive::store_stream(engine, id, builder.bytes());
        EXPECT_TRUE(manifest) << manifest.error().message();
        EXPECT_GT(manifest->segments.size(), 2U);
        return *std::move(manifest);
    }

    ThawPlan plan(const ThawChoice& choice = {}) {
        auto planned = plan_thaw(engine, archives, choice);
        EXPECT_TRUE(planned) << planned.error().message();
        return *planned;
    }
    [[nodiscard]] std::size_t segments() const {
        return archives[0].segments.size() + archives[1].segments.size();
    }
    [[nodiscard]] std::string name(std::size_t archive, std::size_t segment) const {
        return archives[archive].object_name(archives[archive].segments[segment]);
    }

    /// As on another machine, which has no notes.
    void forget_notes() { ASSERT_TRUE(catalog.clear()); }

    ManualClock clock;
    TimedLog log{clock};
    Environment environment;
    NoProgress progress;
    NoSteps steps;
    SystemRandom random;
    store::MemoryStore memory{clock};
    ColdStore cold{memory, clock};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));
    archive::Engine engine{.archives = {.store = cold,
                                        .store_id = std::string(32, 'a'),
                                        .store_options = {},
                                        .catalog = catalog},
                           .effort = {.threads = true},
                           .world = {.environment = environment,
                                     .clock = clock,
                                     .random = random,
                                     .steps = steps,
                                     .log = log,
                                     .progress = progress}};
    std::vector<catalog::Manifest> archives;
};

}  // namespace zg::thaw
