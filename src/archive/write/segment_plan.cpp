#include "archive/write/segment_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "store/store.hpp"

namespace zg::archive {

Result<void> check_plan(const SegmentPlan& plan, const store::Store& store) {
    const store::Limits& limits = store.limits();
    const auto smallest = std::max<std::uint64_t>(limits.min_part_size, 4096);
    const auto wrong = [&](std::string what, std::string hint) {
        return fail({.kind = ErrorKind::usage,
                     .what = std::move(what),
                     .where = store.url(),
                     .hint = std::move(hint)});
    };
    if (plan.part_size < smallest || plan.part_size > limits.max_part_size)
        return wrong(
            fmt::format("a part of {} bytes is outside of what the store takes", plan.part_size),
            fmt::format("give --part-size between {} and {} bytes", smallest,
                        limits.max_part_size));
    if (limits.part_size_power_of_two && !std::has_single_bit(plan.part_size))
        return wrong("the store takes only parts of a power of two of MiB",
                     "give --part-size 8MiB, 16MiB, 32MiB and so on");
    if (plan.segment_size < plan.part_size || plan.segment_size > limits.max_object_size / 2)
        return wrong(
            "a segment must be at least one part, and at most half of the largest object the "
            "store takes",
            fmt::format("give --segment-size between {} and {} bytes", plan.part_size,
                        limits.max_object_size / 2));
    return {};
}

}  // namespace zg::archive
