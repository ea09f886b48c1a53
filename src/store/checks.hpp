// Checks that every backend makes before it acts, and the rules of a simulated thaw. For backends
// only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"

namespace zg::store {

/// The largest hot object, in bytes.
inline constexpr std::uint64_t max_hot_size = std::uint64_t{64} << 20;

/// usage if begin() was given a part size or a description that the contract or the limits do not
/// allow.
Result<void> check_begin(const Limits& limits, std::string_view name, std::uint64_t part_size,
                         std::string_view description);

/// usage if the number or the size of a part is invalid.
Result<void> check_part_place(const Limits& limits, const Upload& upload, std::uint32_t number,
                              Bytes bytes);

/// As check_part_place(); damage if `bytes` do not match `sha256`.
Result<void> check_part(const Limits& limits, const Upload& upload, std::uint32_t number,
                        Bytes bytes, const codec::Sha256Digest& sha256);

/// usage unless the parts are numbered from 1 without a gap, in order, and all but the last have
/// the upload's part size.
Result<void> check_parts(const Limits& limits, const Upload& upload, std::span<const Part> parts);

/// codec::composite_sha256() of the parts.
codec::Sha256Digest composite_of(std::span<const Part> parts);

/// The sum of the parts' sizes, bytes.
std::uint64_t total_size(std::span<const Part> parts);

/// usage if a hot object is too large.
Result<void> check_hot_size(std::string_view name, std::size_t size);

/// usage unless the tier is one of the store's (a hot store: expedited, standard or bulk) and the
/// segment is to stay readable for a day or longer.
Result<void> check_thaw(const Limits& limits, std::string_view name, const ThawRequest& request);

/// The record of a requested thaw of a segment.
struct ThawRecord {
    TimePoint requested{};
    TimePoint ready{};
    TimePoint until{};
};

/// The new record if a thaw that takes `delay` is requested at `now` and `before` is the old
/// record; nothing if the record does not change.
std::optional<ThawRecord> thaw_requested(const std::optional<ThawRecord>& before, TimePoint now,
                                         std::chrono::seconds delay, const ThawRequest& request);

/// The tiers of a simulated thaw: all of them take `delay`.
std::vector<ThawTier> simulated_tiers(std::chrono::seconds delay);

/// The state at `now` of a cold segment with the thaw `record`, if there is one.
ThawState thaw_state_at(const std::optional<ThawRecord>& record, TimePoint now);

/// The error (cold) for a read of `where` in the state `state`.
Error cold_error(std::string where, const ThawState& state);

}  // namespace zg::store
