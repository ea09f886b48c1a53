// What flows through the backup pipeline: whole records of the stream first, parts of segments
// after the compressor.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "catalog/manifest.hpp"
#include "codec/fletcher4.hpp"
#include "flow/buffer_pool.hpp"
#include "stream/checkpoint.hpp"

namespace zg::archive {

/// A run of whole records: the bytes [begin, end) of the stream.
struct RecordSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    codec::Fletcher4 fletcher4{};  ///< running where it begins
    std::optional<catalog::ObjectPosition> first;
    std::optional<catalog::ObjectPosition> last;
    Buffer object_range{};  ///< in force where it begins; see catalog::Segment
    /// Where it ends, if zfs send could resume there.
    std::optional<stream::Checkpoint> checkpoint{};
    bool checkpoint_ahead = false;       ///< there is none, but one may come soon
    codec::Fletcher4 fletcher4_after{};  ///< running where it ends
};

/// A segment that was filled; its digests are still to come.
struct SegmentEnd {
    catalog::Segment segment;
    std::optional<stream::Checkpoint> checkpoint{};
    codec::Fletcher4 fletcher4_after{};
};

struct Chunk {
    flow::Block block;
    RecordSpan span;                          ///< before the encoder
    std::optional<SegmentEnd> segment_end{};  ///< after it: this is the segment's last part
};

}  // namespace zg::archive
