// Carries out a thaw: requests it, waits, and keeps segments readable until they are fetched.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "archive/engine.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "thaw/thaw.hpp"

namespace zg::thaw {

/// The state is in the store: a new plan, on any machine, continues with the thaw as it is. All
/// waiting is Clock::sleep. One thread calls it, except that keep() and await_segment() may be
/// called by other threads while that one waits for them.
/// If copies stay readable for a fixed time (ThawPlan::readable_for), it works in waves: it
/// requests as many segments as can be fetched within that time, and more as they are fetched.
class ThawWatch {
  public:
    ThawWatch(const archive::Engine& engine, ThawPlan plan);

    /// Requests the thaw of everything cold (in the wave) that this watch has not requested yet,
    /// several at a time, and notes it in the catalog. Returns the number of segments requested.
    Result<std::size_t> ask();

    /// Whether all of the archive (in the wave) can be read now. Checks only segments that could
    /// not be read at the last check.
    Result<bool> readable(std::size_t archive);

    /// Waits until readable(). Checks at growing intervals of seconds to an hour; from about the
    /// time when the thaw may be done, of a minute to a quarter of an hour, or less for a thaw of
    /// minutes. If the store reports when the thaw will be done, checks then. cold if the store has
    /// lost a requested thaw.
    Result<void> wait_for(std::size_t archive);

    /// Waits until the archive's segment (from 0) can be read; returns at once if the thaw does not
    /// work in waves.
    Result<void> await_segment(std::size_t archive, std::size_t segment);

    /// To be called when the archive has been fetched up to `position` of its stream, and all
    /// archives before it completely. From time to time prolongs copies of the rest that would
    /// expire too soon. Failures of that are logged as warnings.
    void keep(std::size_t archive, std::uint64_t position);

    [[nodiscard]] const ThawPlan& plan() const { return plan_; }

    static constexpr std::chrono::minutes keep_interval{10};

  private:
    /// The last pauses between checks, before and after the time when the thaw may be done.
    struct Pause {
        std::chrono::milliseconds early{0};
        std::chrono::milliseconds late{0};
    };
    Result<std::size_t> request_wave();
    Result<void> look(std::size_t segment);
    Result<void> look_after_request(std::size_t segment);
    void note_requested(const std::vector<std::size_t>& segments);
    [[nodiscard]] std::optional<std::size_t> first_unreadable(std::size_t archive) const;
    void sleep_until_next_look(std::size_t archive, std::size_t segment, Pause& pause);
    void prolong(const std::vector<Prolongation>& expiring);

    [[nodiscard]] std::chrono::milliseconds next_pause(std::size_t segment, Pause& pause) const;

    const archive::Engine& engine_;
    std::mutex
        mutex_;  // guards the following: await_segment() and keep() may be called by two threads
    ThawPlan plan_;
    std::vector<bool> done_;                       // fetched
    std::vector<std::optional<TimePoint>> asked_;  // when this watch requested it
    // when keep() last checked, by the monotonic clock
    std::optional<std::chrono::nanoseconds> kept_;
};

/// The result of a thaw.
struct ThawOutcome {
    ThawPlan plan;          ///< with the states at the end
    std::size_t asked = 0;  ///< segments whose thaw was requested
    bool waiting = false;   ///< some are still being thawed
    std::optional<TimePoint> retry_at;
};

/// If `request` is set, requests the thaw of everything cold; if `wait` is set, waits until
/// everything that is being thawed can be read.
Result<ThawOutcome> carry_out_thaw(const archive::Engine& engine, ThawPlan plan, bool request,
                                   bool wait);

/// Passes on what is written, and keeps the segments after it readable.
class KeepingSink final : public Sink {
  public:
    /// What is written is the stream of the watch's archive `archive`, from `position` on.
    KeepingSink(Sink& inner, ThawWatch& watch, std::size_t archive, std::uint64_t position = 0)
        : inner_(inner), watch_(watch), archive_(archive), position_(position) {}
    Result<void> write(Bytes bytes) override;

  private:
    Sink& inner_;
    ThawWatch& watch_;
    std::size_t archive_;
    std::uint64_t position_;
};

}  // namespace zg::thaw
