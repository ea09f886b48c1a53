// What every backend must refuse before it acts, and the rules of a simulated thaw. For backends
// only.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace zg::store {

/// The largest hot object, in bytes.
inline constexpr std::uint64_t max_hot_size = std::uint64_t{64} << 20;

/// usage where begin() was given a part size or a description that the contract or the limits do
/// not allow.
Result<void> check_begin(const Limits& limits, std::string_view name, std::uint64_t part_size,
                         std::string_view description);

/// usage where the number or the size of a part cannot be.
Result<void> check_part_place(const Limits& limits, const Upload& upload, std::uint32_t number,
                              Bytes bytes);

/// As check_part_place(); damage where `bytes` are not what `sha256` says.
Result<void> check_part(const Limits& limits, const Upload& upload, std::uint32_t number,
                        Bytes bytes, const codec::Sha256Digest& sha256);

/// usage unless the parts are numbered from 1 without a gap, in order, and all but the last have
/// the upload's part size.
Result<void> check_parts(const Limits& limits, const Upload& upload, std::span<const Part> parts);

/// codec::composite_sha256() of the parts.
codec::Sha256Digest composite_of(std::span<const Part> parts);

/// The bytes of all parts together.
std::uint64_t total_size(std::span<const Part> parts);

/// usage where a hot object is too large.
Result<void> check_hot_size(std::string_view name, std::size_t size);

/// usage unless the tier is one of the store's (a hot store: expedited, standard or bulk) and the
/// segment shall stay readable for a day or longer.
Result<void> check_thaw(const Limits& limits, std::string_view name, const ThawRequest& request);

/// One thaw of one segment, as asked for.
struct ThawRecord {
    TimePoint requested{};
    TimePoint ready{};
    TimePoint until{};
};

/// The record after a thaw that takes `delay` was asked for at `now`, where `before` was the
/// record; nothing where that changes nothing.
std::optional<ThawRecord> thaw_asked(const std::optional<ThawRecord>& before, TimePoint now,
                                     std::chrono::seconds delay, const ThawRequest& request);

/// The tiers of a simulated thaw: all of them take `delay`.
std::vector<ThawTier> simulated_tiers(std::chrono::seconds delay);

/// The state at `now` of a segment that is cold but for the thaw `record`, if there was one.
ThawState thaw_state_at(const std::optional<ThawRecord>& record, TimePoint now);

/// The error of kind cold for a read of `where` in the state `state`.
Error cold_error(std::string where, const ThawState& state);

}  // namespace zg::store
