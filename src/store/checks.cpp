#include "store/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "store/store.hpp"

namespace zg::store {

namespace {

std::unexpected<Error> usage(std::string_view name, std::string what) {
    return fail({.kind = ErrorKind::usage, .what = std::move(what), .where = std::string(name)});
}

}  // namespace

Result<void> check_begin(const Limits& limits, std::string_view name, std::uint64_t part_size,
                         std::string_view description) {
    ZG_CHECK(check_name(name));
    const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (description.size() > 1024 || !std::ranges::all_of(description, is_printable))
        return usage(name, "the description is not at most 1,024 printable ASCII characters");
    const bool power_of_two = (part_size & (part_size - 1)) == 0;
    if (part_size == 0 || part_size < limits.min_part_size || part_size > limits.max_part_size ||
        (limits.part_size_power_of_two && !power_of_two))
        return usage(name, fmt::format("the store does not accept parts of {} bytes", part_size));
    return {};
}

Result<void> check_part_place(const Limits& limits, const Upload& upload, std::uint32_t number,
                              Bytes bytes) {
    if (number == 0 || number > limits.max_parts)
        return usage(upload.name, fmt::format("invalid part number {}: the store accepts up to {}",
                                              number, limits.max_parts));
    if (bytes.size() > upload.part_size)
        return usage(upload.name, fmt::format("part {} has {} bytes, more than {}", number,
                                              bytes.size(), upload.part_size));
    return {};
}

Result<void> check_part(const Limits& limits, const Upload& upload, std::uint32_t number,
                        Bytes bytes, const codec::Sha256Digest& sha256) {
    ZG_CHECK(check_part_place(limits, upload, number, bytes));
    if (codec::sha256(bytes) != sha256)
        return fail({.kind = ErrorKind::damage,
                     .what = fmt::format("part {} does not match its SHA-256", number),
                     .where = upload.name});
    return {};
}

Result<void> check_parts(const Limits& limits, const Upload& upload, std::span<const Part> parts) {
    if (parts.empty() || parts.size() > limits.max_parts)
        return usage(upload.name, fmt::format("a segment cannot have {} parts", parts.size()));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        if (parts[i].number != i + 1)
            return usage(upload.name,
                         fmt::format("found part {} in place of part {}", parts[i].number, i + 1));
        if (last ? parts[i].size > upload.part_size : parts[i].size != upload.part_size)
            return usage(upload.name,
                         fmt::format("part {} has {} bytes, but the parts of this upload have {}",
                                     i + 1, parts[i].size, upload.part_size));
    }
    if (total_size(parts) > limits.max_object_size)
        return usage(upload.name, fmt::format("the store does not accept objects of {} bytes",
                                              total_size(parts)));
    return {};
}

codec::Sha256Digest composite_of(std::span<const Part> parts) {
    std::vector<codec::Sha256Digest> digests;
    for (const Part& part : parts) digests.push_back(part.sha256);
    return codec::composite_sha256(digests);
}

std::uint64_t total_size(std::span<const Part> parts) {
    std::uint64_t total = 0;
    for (const Part& part : parts) total += part.size;
    return total;
}

Result<void> check_hot_size(std::string_view name, std::size_t size) {
    if (size > max_hot_size)
        return usage(name, fmt::format("{} bytes are too many for a hot object", size));
    return {};
}

Result<void> check_thaw(const Limits& limits, std::string_view name, const ThawRequest& request) {
    const std::vector<ThawTier> usual = simulated_tiers({});
    const std::vector<ThawTier>& tiers = limits.thaw_tiers.empty() ? usual : limits.thaw_tiers;
    if (std::ranges::find(tiers, request.tier, &ThawTier::name) == tiers.end()) {
        std::string names;
        for (const ThawTier& tier : tiers) names += (names.empty() ? "" : ", ") + tier.name;
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("this store has no thaw tier {:?}", request.tier),
                     .where = std::string(name),
                     .hint = fmt::format("the tiers are: {}", names)});
    }
    constexpr std::chrono::days longest{30000};  // S3's own limit
    if (request.days < std::chrono::days{1} || request.days > longest)
        return usage(name,
                     fmt::format("a segment cannot stay thawed for {} days", request.days.count()));
    return {};
}

std::optional<ThawRecord> thaw_requested(const std::optional<ThawRecord>& before, TimePoint now,
                                         std::chrono::seconds delay, const ThawRequest& request) {
    switch (thaw_state_at(before, now).temperature) {
        case Temperature::cold:
            return ThawRecord{
                .requested = now, .ready = now + delay, .until = now + delay + request.days};
        case Temperature::thawing:
            return std::nullopt;
        case Temperature::hot:
            break;
    }
    if (now + request.days <= before->until) return std::nullopt;
    ThawRecord longer = *before;
    longer.until = now + request.days;
    return longer;
}

std::vector<ThawTier> simulated_tiers(std::chrono::seconds delay) {
    return {{"expedited", delay}, {"standard", delay}, {"bulk", delay}};
}

ThawState thaw_state_at(const std::optional<ThawRecord>& record, TimePoint now) {
    if (!record || now >= record->until) return {.temperature = Temperature::cold};
    if (now < record->ready)
        return {.temperature = Temperature::thawing,
                .requested = record->requested,
                .expected = record->ready};
    return {.temperature = Temperature::hot,
            .requested = record->requested,
            .readable_until = record->until};
}

Error cold_error(std::string where, const ThawState& state) {
    Error error{.kind = ErrorKind::cold,
                .what = "the segment is cold",
                .where = std::move(where),
                .hint = "request a thaw, wait until it is done, then read the segment"};
    if (state.temperature == Temperature::thawing) {
        error.what = "the segment is still being thawed";
        error.hint = state.expected
                         ? fmt::format("try again after {}", rfc3339_utc(*state.expected))
                         : "try again later";
    }
    return error;
}

}  // namespace zg::store
