// How an archive is divided.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "store/store.hpp"

namespace zg::archive {

struct SegmentPlan {
    /// Stored bytes after which the next record begins a new segment.
    std::uint64_t segment_size = std::uint64_t{1} << 30U;
    /// Bytes of each part of a segment's upload but the last.
    std::uint64_t part_size = std::uint64_t{8} << 20U;
};

/// usage, with a hint, if `store` does not take parts or segments of these sizes.
Result<void> check_plan(const SegmentPlan& plan, const store::Store& store);

}  // namespace zg::archive
