// The cost of checking a stream, compared with a memcpy of the same bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checker.hpp"
#include "stream/testing/builder.hpp"

namespace {

using zg::Buffer;
using zg::Bytes;

constexpr std::size_t feed_size = std::size_t{1} << 20U;
constexpr std::size_t total_size = std::size_t{256} << 20U;

/// A stream of 256 MiB in WRITE records of `block_size` bytes.
const Buffer& stream_of(std::size_t block_size, std::endian order = std::endian::little) {
    static std::size_t made_size = 0;
    static std::endian made_order = order;
    static Buffer stream;
    if (made_size == block_size && made_order == order) return stream;
    zg::stream::testing::Builder builder({.order = order});
    builder.begin().object(2);
    for (std::size_t at = 0; at < total_size; at += block_size) builder.write(2, at, block_size);
    stream = builder.end().bytes();
    made_size = block_size;
    made_order = order;
    return stream;
}

void count_bytes(benchmark::State& state, std::size_t size) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

void check(benchmark::State& state, const Buffer& stream) {
    for (auto _ : state) {
        zg::stream::Checker checker;
        for (Bytes rest = stream; !rest.empty();) {
            const Bytes piece = rest.first(std::min(feed_size, rest.size()));
            if (!checker.feed(piece)) state.SkipWithError("the stream is refused");
            rest = rest.subspan(piece.size());
        }
        if (!checker.finish()) state.SkipWithError("the stream is not complete");
    }
    count_bytes(state, stream.size());
}

void check_stream(benchmark::State& state) {
    check(state, stream_of(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(check_stream)
    ->Arg(512)
    ->Arg(4096)
    ->Arg(131072)
    ->Arg(1 << 20)
    ->Unit(benchmark::kMillisecond);

void check_big_endian_stream(benchmark::State& state) {
    check(state, stream_of(131072, std::endian::big));
}
BENCHMARK(check_big_endian_stream)->Unit(benchmark::kMillisecond);

void fletcher4(benchmark::State& state) {
    const Buffer& stream = stream_of(131072);
    for (auto _ : state) {
        zg::codec::Fletcher4 sums;
        sums.update(stream, std::endian::little);
        benchmark::DoNotOptimize(sums);
    }
    count_bytes(state, stream.size());
}
BENCHMARK(fletcher4)->Unit(benchmark::kMillisecond);

void fletcher4_portable(benchmark::State& state) {
    const Buffer& stream = stream_of(131072);
    for (auto _ : state) {
        zg::codec::Fletcher4 sums;
        sums.update_portably(stream, std::endian::little);
        benchmark::DoNotOptimize(sums);
    }
    count_bytes(state, stream.size());
}
BENCHMARK(fletcher4_portable)->Unit(benchmark::kMillisecond);

void memcpy_of_the_same(benchmark::State& state) {
    const Buffer& stream = stream_of(131072);
    Buffer copy(stream.size());
    for (auto _ : state) {
        std::memcpy(copy.data(), stream.data(), stream.size());
        benchmark::ClobberMemory();
    }
    count_bytes(state, stream.size());
}
BENCHMARK(memcpy_of_the_same)->Unit(benchmark::kMillisecond);

// As in a backup: a megabyte at a time, into a buffer that stays in the cache.
void memcpy_in_pieces(benchmark::State& state) {
    const Buffer& stream = stream_of(131072);
    Buffer copy(feed_size);
    for (auto _ : state) {
        for (std::size_t at = 0; at < stream.size(); at += feed_size) {
            std::memcpy(copy.data(), stream.data() + at, std::min(feed_size, stream.size() - at));
            benchmark::ClobberMemory();
        }
    }
    count_bytes(state, stream.size());
}
BENCHMARK(memcpy_in_pieces)->Unit(benchmark::kMillisecond);

}  // namespace
