// Feeds arbitrary bytes to the stream checker, whole and in pieces: it must not crash, must return
// the same both times, and must never accept a stream as complete that a simple implementation of
// the format refuses.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/testing/layout.hpp"

namespace {

using zg::Bytes;
using zg::stream::Checker;

struct Outcome {
    std::string error;
    bool complete = false;
    std::uint64_t position = 0;
    std::uint64_t boundary = 0;
    std::uint64_t visited = 0;
    zg::codec::Fletcher4 running;
    bool operator==(const Outcome&) const = default;
};

Outcome check(Bytes stream, std::size_t first, std::size_t others) {
    Outcome outcome;
    Checker checker([&](const zg::stream::Record& record) { outcome.visited += record.size; });
    zg::Result<void> result;
    for (std::size_t size = first; result && !stream.empty(); size = others) {
        const Bytes piece = stream.first(std::min(size, stream.size()));
        result = checker.feed(piece);
        stream = stream.subspan(piece.size());
    }
    outcome.complete = checker.complete();
    if (result) result = checker.finish();
    if (!result) outcome.error = result.error().message();
    outcome.position = checker.position();
    outcome.boundary = checker.boundary();
    outcome.running = checker.running_checksum();
    return outcome;
}

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

/// A stream accepted as complete must be complete for a second implementation, which shares no code
/// with the checker.
void check_against_plain_reading(Bytes stream, const Outcome& outcome) {
    const auto places = zg::stream::testing::places(stream);
    require(!places.empty() && places.back().at + places.back().size == stream.size(),
            "a complete stream ends at a record");
    require(places.back().type == zg::stream::testing::end_type, "a complete stream ends with END");
    require(outcome.boundary == stream.size() && outcome.visited == stream.size(),
            "every byte was visited");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t first = std::size_t{data[0]} * 8 + 1;
    const std::size_t others = std::size_t{data[1]} + 1;
    const Bytes stream = std::as_bytes(std::span(data + 2, size - 2));
    const Outcome whole = check(stream, stream.size() + 1, 1);
    require(check(stream, first, others) == whole, "the result does not depend on the pieces");
    require(whole.complete == whole.error.empty(), "a complete stream has no error");
    if (whole.complete) check_against_plain_reading(stream, whole);
    return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// With corrected checksums, mutations reach the code after the checksum checks.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    if (size > 2 && seed % 8 != 0)
        zg::stream::testing::write_checksums(std::as_writable_bytes(std::span(data + 2, size - 2)),
                                             seed % 8 != 1);
    return size;
}
