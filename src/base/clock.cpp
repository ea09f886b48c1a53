#include "base/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>

namespace zg {

TimePoint SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::monotonic() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

void SystemClock::sleep(std::chrono::milliseconds duration) {
    std::this_thread::sleep_for(duration);
}

namespace {

/// The time in UTC, limited to the years 0000 to 9999. Does not use the system clock's type, whose
/// nanoseconds only reach from 1677 to 2262.
std::tm utc_fields(TimePoint time) {
    using namespace std::chrono;
    constexpr TimePoint first = sys_days{year{0} / 1 / 1};
    constexpr TimePoint last = sys_days{year{9999} / 12 / 31} + hours{24} - seconds{1};
    return fmt::gmtime(
        static_cast<std::time_t>(std::clamp(time, first, last).time_since_epoch().count()));
}

}  // namespace

std::string compact_utc(TimePoint time) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", utc_fields(time));
}

std::string rfc3339_utc(TimePoint time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc_fields(time));
}

}  // namespace zg
