// A thaw as it is carried out: asks, waits, and keeps readable what is not fetched yet.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/io.hpp"
#include "thaw/thaw.hpp"

namespace zg::thaw {

/// The state is the store's: whoever plans anew, on whatever machine, goes on from where the thaw
/// is. All waiting is Clock::sleep. One thread calls it, but for keep() and await_segment(), which
/// others may call while that one waits for them.
///
/// Where copies stay readable for a fixed time (ThawPlan::readable_for) it works in waves: it asks
/// for as many segments as can be fetched within that time, and for more as they are fetched.
class ThawWatch {
  public:
    ThawWatch(const archive::Engine& engine, ThawPlan plan);

    /// Asks for all that is cold (of the wave) and was not asked for by this watch, several at a
    /// time, and notes it in the catalog. Gives how many it asked for.
    Result<std::size_t> ask();

    /// Whether all of the archive (of the wave) can be read now. Asks the store only about segments
    /// that could not be read at the last look.
    Result<bool> readable(std::size_t archive);

    /// Waits until readable(): looks at growing intervals, seconds to an hour; from about the time
    /// on at which the thaw may be done a minute to a quarter of an hour, or less for a thaw of
    /// minutes; where the store tells when it will be done, then. cold where the store forgets a
    /// thaw that was asked for.
    Result<void> wait_for(std::size_t archive);

    /// Waits until the archive's segment (from 0) can be read; at once where the store does not
    /// work in waves.
    Result<void> await_segment(std::size_t archive, std::size_t segment);

    /// The archive has been fetched up to `position` of its stream, and all before it whole: now
    /// and then prolongs those copies of the rest that would expire too soon. What goes wrong with
    /// that is told as a warning.
    void keep(std::size_t archive, std::uint64_t position);

    [[nodiscard]] const ThawPlan& plan() const { return plan_; }

    static constexpr std::chrono::minutes keep_interval{10};

  private:
    /// The last pauses between looks, while a thaw is hardly done and once it may be.
    struct Pause {
        std::chrono::milliseconds early{0};
        std::chrono::milliseconds late{0};
    };
    Result<std::size_t> ask_for_wave();
    Result<void> look(std::size_t segment);
    Result<void> look_after_asking(std::size_t segment);
    void note_asked(const std::vector<std::size_t>& segments);
    [[nodiscard]] std::optional<std::size_t> first_unreadable(std::size_t archive) const;
    void sleep_until_next_look(std::size_t archive, std::size_t segment, Pause& pause);
    void prolong(const std::vector<Prolongation>& expiring);

    [[nodiscard]] std::chrono::milliseconds next_pause(std::size_t segment, Pause& pause) const;

    const archive::Engine& engine_;
    std::mutex mutex_;  // of what follows, where await_segment() and keep() come from two threads
    ThawPlan plan_;
    std::vector<bool> done_;                       // fetched already
    std::vector<std::optional<TimePoint>> asked_;  // by this watch
    // when keep() last looked, of the monotonic clock
    std::optional<std::chrono::nanoseconds> kept_;
};

/// What became of a thaw.
struct ThawOutcome {
    ThawPlan plan;          ///< with the states at the end
    std::size_t asked = 0;  ///< segments whose thaw was asked for
    bool waiting = false;   ///< some are still being thawed
    std::optional<TimePoint> retry_at;
};

/// Asks for all that is cold where `request` is set, and waits until all that is being thawed can
/// be read where `wait` is.
Result<ThawOutcome> carry_out_thaw(const archive::Engine& engine, ThawPlan plan, bool request,
                                   bool wait);

/// Hands on what it is given, and keeps the segments behind it readable.
class KeepingSink final : public Sink {
  public:
    /// What passes is the stream of the watch's archive `archive`, from `position` on.
    KeepingSink(Sink& inner, ThawWatch& watch, std::size_t archive, std::uint64_t position = 0)
        : inner_(inner), watch_(watch), archive_(archive), position_(position) {}
    Result<void> write(Bytes bytes) override;
    [[nodiscard]] bool broken() const { return broken_; }  ///< `inner` took something no more

  private:
    Sink& inner_;
    ThawWatch& watch_;
    std::size_t archive_;
    std::uint64_t position_;
    bool broken_ = false;
};

}  // namespace zg::thaw
