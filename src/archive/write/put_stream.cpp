#include "archive/write/put_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "archive/engine.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "archive/write/chunk_reader.hpp"
#include "archive/write/part_reader.hpp"
#include "archive/write/segment_book.hpp"
#include "archive/write/segment_encoder.hpp"
#include "archive/write/segmenter.hpp"
#include "archive/write/uploader.hpp"
#include "base/progress.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"
#include "flow/workers.hpp"

namespace zg::archive {

namespace {

// Beside the caller's. Sealing is several times as fast as what comes before it: more than two
// would idle.
unsigned seal_threads() { return std::clamp(flow::machine_threads(), 2U, 3U) - 1; }

/// `reader`'s next(), seen by the progress if there is one.
template <class Reader>
flow::Producer<Chunk> watched(Progress* progress, Reader& reader) {
    return [&reader, progress] {
        auto chunk = reader.next();
        if (chunk && *chunk && progress != nullptr) progress->advance((*chunk)->block.size);
        return chunk;
    };
}

}  // namespace

std::uint64_t put_memory(const PutOptions& options, unsigned connections, bool large_records) {
    // Parts: the one being filled, the full one before it, and those being put.
    const std::uint64_t parts = (put_queue_depth + 2 + connections) * options.plan.part_size;
    if (options.coding.plain()) return parts;
    // Chunks: the one being read, the next, those in the queue, the one being encoded, and the
    // larger block that one of them grows into.
    const std::uint64_t chunks = (put_queue_depth + 4) * (large_records ? ChunkReader::largest_chunk
                                                                        : ChunkReader::usual_chunk);
    return parts + chunks + options.coding.memory(seal_threads());
}

Result<std::vector<catalog::Segment>> put_stream(const Engine& engine,
                                                 const std::string& archive_id, CheckedInput& input,
                                                 const PutOptions& options) {
    Progress* progress = options.counted ? &engine.world.progress : nullptr;
    flow::BufferPool parts(options.plan.part_size);
    SegmentBook book(options.plan, options.coding.suffix(), options.done);
    Uploader uploader(engine, archive_id, options.plan.part_size, options.coding.suffix(), parts);
    for (const catalog::Segment& segment : options.done) uploader.skip(segment);
    uploader.after_segment(options.after_segment);
    if (options.coding.plain()) {
        // There is nothing to do between reading and the parts that the uploader's own threads
        // take: another thread would only cost time.
        PartReader reader(input, options.plan, book, parts);
        ZG_CHECK(
            flow::run_pipeline<Chunk>(watched(progress, reader), {&uploader}, {.threads = false}));
    } else {
        flow::BufferPool chunks(ChunkReader::usual_chunk);
        ChunkReader reader(input, chunks);
        SegmentEncoder encoder(options.coding, engine.world.random,
                               engine.effort.threads ? seal_threads() : 0);
        Segmenter segmenter(options.plan, book, encoder, chunks, parts);
        ZG_CHECK(flow::run_pipeline<Chunk>(watched(progress, reader), {&segmenter, &uploader},
                                           {engine.effort.threads, put_queue_depth}));
    }
    return uploader.segments();
}

}  // namespace zg::archive
