// What flows through the backup pipeline: whole records of the stream first, parts of segments behind the compressor.
#pragma once

#include <optional>

#include "catalog/manifest.hpp"
#include "flow/buffer_pool.hpp"

namespace zg::job {

/// A run of whole records: the bytes [begin, end) of the stream.
struct RecordSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::array<std::uint64_t, 4> fletcher4{};  ///< running where it begins
    std::optional<catalog::ObjectPosition> first;
    std::optional<catalog::ObjectPosition> last;
};

struct Chunk {
    flow::Block block;
    RecordSpan span;                              ///< in front of the compressor
    std::optional<catalog::Segment> segment_end;  ///< behind it: this is the segment's last part; digests are still to come
};

}  // namespace zg::job
