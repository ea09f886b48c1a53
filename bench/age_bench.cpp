// The cost of sealing and opening age files on one core.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/age/age.hpp"
#include "codec/age/chunks.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"

namespace {

using zg::Buffer;
using zg::Bytes;
using zg::MutableBytes;
namespace codec = zg::codec;

// Far more than the processor's caches: the bytes of a backup come from memory, too.
constexpr std::size_t total_size = std::size_t{256} << 20U;

const Buffer& content() {
    static const Buffer bytes = [] {
        Buffer made(total_size);
        // Pages that were never written would all be the same physical page.
        for (std::size_t at = 0; at < made.size(); ++at)
            made[at] = static_cast<std::byte>(at * 31 >> 3U);
        return made;
    }();
    return bytes;
}

const codec::AgeChunks& chunks() {
    static const codec::AgeChunks made = codec::AgeChunks::make({}).value();
    return made;
}

void count_bytes(benchmark::State& state, std::size_t each) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

// One chunk again and again, like `openssl speed`.
void seal_one_chunk(benchmark::State& state) {
    const Buffer plaintext(codec::age_chunk_size);
    Buffer sealed(codec::age_sealed_chunk_size);
    std::uint64_t index = 0;
    for (auto _ : state)
        if (!chunks().seal(index++, false, plaintext, sealed)) state.SkipWithError("seal");
    count_bytes(state, plaintext.size());
}
BENCHMARK(seal_one_chunk);

// From memory to memory, as `zglacier backup` does on each of its threads.
void seal_from_memory(benchmark::State& state) {
    constexpr std::size_t count = total_size / codec::age_chunk_size;
    Buffer sealed(count * codec::age_sealed_chunk_size);
    for (auto _ : state)
        for (std::size_t i = 0; i < count; ++i) {
            const Bytes plaintext =
                Bytes(content()).subspan(i * codec::age_chunk_size, codec::age_chunk_size);
            if (!chunks().seal(i, false, plaintext,
                               MutableBytes(sealed).subspan(i * codec::age_sealed_chunk_size,
                                                            codec::age_sealed_chunk_size)))
                state.SkipWithError("seal");
        }
    count_bytes(state, total_size);
}
BENCHMARK(seal_from_memory)->Unit(benchmark::kMillisecond);

void open_one_chunk(benchmark::State& state) {
    Buffer plaintext(codec::age_chunk_size);
    Buffer sealed(codec::age_sealed_chunk_size);
    if (!chunks().seal(0, false, plaintext, sealed)) state.SkipWithError("seal");
    for (auto _ : state)
        if (!chunks().open(0, false, sealed, plaintext)) state.SkipWithError("open");
    count_bytes(state, plaintext.size());
}
BENCHMARK(open_one_chunk);

// A whole file in pieces of 1 MiB, as `zglacier restore` opens it.
void open_a_file(benchmark::State& state) {
    class Nothing final : public zg::Sink {
      public:
        zg::Result<void> write(Bytes) override { return {}; }
    };
    zg::SystemRandom random;
    const codec::AgeIdentity identity = codec::AgeIdentity::generate(random).value();
    const codec::AgeKeys keys{.identities = {identity}};
    const Buffer file =
        codec::age_encrypt(content(),
                           codec::begin_age_file(std::vector{identity.recipient()}, random).value())
            .value();
    Nothing nothing;
    for (auto _ : state) {
        codec::AgeDecoder decoder(keys);
        constexpr std::size_t piece = std::size_t{1} << 20U;
        for (std::size_t at = 0; at < file.size(); at += piece)
            if (!decoder.feed(Bytes(file).subspan(at, std::min(piece, file.size() - at)), nothing))
                state.SkipWithError("update");
        if (!decoder.finish(nothing)) state.SkipWithError("finish");
    }
    count_bytes(state, total_size);
}
BENCHMARK(open_a_file)->Unit(benchmark::kMillisecond);

}  // namespace
