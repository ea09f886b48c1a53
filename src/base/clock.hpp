// The clock as an interface, so that tests can set it.
#pragma once

#include <chrono>
#include <string>

namespace zg {

using TimePoint = std::chrono::sys_seconds;

/// The wall clock, and waiting. May be called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    /// Wall-clock time (UTC); can jump in either direction.
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// Never goes back; only differences are meaningful.
    [[nodiscard]] virtual std::chrono::nanoseconds monotonic() const = 0;
    virtual void sleep(std::chrono::milliseconds duration) = 0;
};

/// The machine's own clock.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override;
    void sleep(std::chrono::milliseconds duration) override;
};

/// Both limit the time to the years 0000 to 9999.
/// "20261123T020000Z": sorts by time, and is valid in a snapshot's name.
std::string compact_utc(TimePoint time);
/// "2026-11-23T02:00:00Z" (RFC 3339).
std::string rfc3339_utc(TimePoint time);

}  // namespace zg
