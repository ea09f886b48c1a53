#include "job/put_stream.hpp"

#include "job/chunk_reader.hpp"
#include "job/part_reader.hpp"
#include "job/segmenter.hpp"
#include "job/uploader.hpp"

namespace zg::job {

namespace {

/// `reader`'s next(), seen by the progress.
template <class Reader>
flow::Producer<Chunk> watched(Context& context, Reader& reader) {
    return [&] {
        auto chunk = reader.next();
        if (chunk && *chunk) context.progress.advance((*chunk)->block.size);
        return chunk;
    };
}

}  // namespace

std::uint64_t put_memory(const PutOptions& options, unsigned connections, bool large_records) {
    // Parts: the one being filled, the full one before it, and those being put.
    const std::uint64_t parts = (put_queue_depth + 2 + connections) * options.plan.part_size;
    if (!options.zstd_level) return parts;
    // Chunks: the one being read, the next, those in the queue, and the one being compressed, with what the compressor gives for it.
    const std::uint64_t chunks = (put_queue_depth + 4) * (large_records ? ChunkReader::largest_chunk : ChunkReader::usual_chunk);
    return parts + chunks + codec::zstd_encoder_memory(*options.zstd_level);
}

Result<std::vector<catalog::Segment>> put_stream(Context& context, const std::string& archive_id, CheckedInput& input, const PutOptions& options) {
    flow::BufferPool parts(options.plan.part_size);
    Uploader uploader(context, archive_id, options.plan.part_size, options.zstd_level.has_value(), parts);
    if (options.zstd_level) {
        flow::BufferPool chunks(ChunkReader::usual_chunk);
        ChunkReader reader(input, chunks);
        Segmenter segmenter(options.plan, *options.zstd_level, chunks, parts);
        ZG_CHECK(flow::run_pipeline<Chunk>(watched(context, reader), {&segmenter, &uploader}, {context.threads, put_queue_depth}));
    } else {
        // There is nothing to do between reading and the parts that the uploader's own threads take: another thread would only cost time.
        PartReader reader(input, options.plan, parts);
        ZG_CHECK(flow::run_pipeline<Chunk>(watched(context, reader), {&uploader}, {.threads = false}));
    }
    return uploader.segments();
}

}  // namespace zg::job
