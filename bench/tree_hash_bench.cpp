// The cost of the two hashes of a Glacier upload, linear SHA-256 and tree hash, compared with one
// SHA-256 of the same bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"

namespace {

using zg::Buffer;
using zg::Bytes;

constexpr std::size_t MiB = std::size_t{1} << 20U;
// Far more than the processor's caches: the bytes of an upload come from memory, too.
constexpr std::size_t total_size = 256 * MiB;

const Buffer& content() {
    static const Buffer bytes = [] {
        Buffer made(total_size);
        // SHA-256 takes the same time for any data; but pages that were never written would all be
        // the same physical page.
        for (std::size_t at = 0; at < made.size(); ++at)
            made[at] = static_cast<std::byte>(at * 31 >> 3U);
        return made;
    }();
    return bytes;
}

/// Calls `act` with one piece of `size` bytes after the other.
template <class Act>
void over_pieces(benchmark::State& state, std::size_t size, Act act) {
    const Bytes all = content();
    for (auto _ : state)
        for (std::size_t at = 0; at < all.size(); at += size)
            act(all.subspan(at, std::min(size, all.size() - at)));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}

std::size_t size_of(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

void sha256_of_parts(benchmark::State& state) {
    over_pieces(state, size_of(state),
                [](Bytes part) { benchmark::DoNotOptimize(zg::codec::sha256(part)); });
}
BENCHMARK(sha256_of_parts)->Arg(8 * MiB)->Unit(benchmark::kMillisecond);

// As `zglacier vault upload` computes them.
void both_of_parts(benchmark::State& state) {
    over_pieces(state, size_of(state),
                [](Bytes part) { benchmark::DoNotOptimize(zg::codec::tree_hash(part)); });
}
BENCHMARK(both_of_parts)->Arg(MiB)->Arg(8 * MiB)->Arg(64 * MiB)->Unit(benchmark::kMillisecond);

// As `zglacier backup` computes them: one after the other, since every store needs the first, and
// only a vault the second.
void both_one_by_one(benchmark::State& state) {
    over_pieces(state, size_of(state), [](Bytes part) {
        benchmark::DoNotOptimize(zg::codec::sha256(part));
        benchmark::DoNotOptimize(zg::codec::tree_hash_only(part));
    });
}
BENCHMARK(both_one_by_one)->Arg(8 * MiB)->Unit(benchmark::kMillisecond);

// As `zglacier vault download` computes them, and with pieces that are not leaves.
void both_of_a_stream(benchmark::State& state) {
    zg::codec::TreeHash hash;
    over_pieces(state, size_of(state), [&](Bytes piece) { hash.update(piece); });
    benchmark::DoNotOptimize(hash.finish());
}
BENCHMARK(both_of_a_stream)
    ->Arg(8 * MiB)
    ->Arg(64 * 1024)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
