// Parses and formats sizes and durations.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zg {

/// "5s", "90" (seconds), "3m", "2h", "1d": a whole number, not negative, and at most one unit.
/// Anything else is a usage error.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// A number of bytes: "4096", "64MiB", "1GiB", "500M". As with zfs, K, M, G, T and P alone are
/// powers of 1024, like KiB, MiB …; KB, MB, GB, TB and PB are powers of 1000. Upper or lower case.
/// Anything else is a usage error.
Result<std::uint64_t> parse_size(std::string_view text);

/// Bytes per second: a size, with or without "/s" ("10MiB/s", "2M"), or bits ("100Mbit/s", "2Gbit",
/// powers of 1000). At least
/// 1. Anything else is a usage error.
Result<std::uint64_t> parse_rate(std::string_view text);

/// "512 B", "1.2 GiB": powers of 1024, one decimal.
std::string format_size(std::uint64_t bytes);

/// The exact number as parse_size() reads it, in the largest possible unit: "8MiB", "1GiB", "1000".
std::string exact_size(std::uint64_t bytes);

/// The two largest units that are not zero: "45s", "3m 20s", "2h", "1d 3h".
std::string format_duration(std::chrono::seconds duration);

}  // namespace zg
