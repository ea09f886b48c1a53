// An archive's bytes on the whole way into a store and back: stream reader, segmenter, uploader,
// then fetch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "archive/encryption.hpp"
#include "archive/read/fetch.hpp"
#include "archive/testing/store_stream.hpp"
#include "archive/write/checked_input.hpp"
#include "archive/write/chunk_reader.hpp"
#include "archive/write/segment_encoder.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "catalog/catalog.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "codec/age/x25519.hpp"
#include "codec/encoding.hpp"
#include "codec/fletcher4.hpp"
#include "flow/buffer_pool.hpp"
#include "ops/context.hpp"
#include "store/store.hpp"
#include "store/testing/faulty_store.hpp"
#include "store/testing/memory_store.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/testing/builder.hpp"

namespace zg::archive {
namespace {

using catalog::Manifest;

constexpr const char* archive_id = "20261123T020000Z-0123abcd";

/// A full stream of `writes` blocks.
Buffer long_stream(unsigned writes) {
    stream::testing::Builder builder;
    builder.begin(4711, 0);
    for (unsigned i = 1; i <= writes; ++i) {
        builder.object(i);
        builder.write(i, 0, 4096);
    }
    builder.end();
    return builder.bytes();
}

/// How segments are stored.
struct Way {
    std::optional<int> level;
    bool encrypted = false;
};

/// The same keys in each run.
class SeededRandom final : public Random {
  public:
    void fill(MutableBytes bytes) override {
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(engine_());
    }

  private:
    std::mt19937 engine_;
};

struct Fixture {
    ManualClock clock;
    NoLog log;
    Environment environment;
    NoProgress progress;
    NoSteps steps;
    SeededRandom random;
    codec::AgeIdentity identity = codec::AgeIdentity::generate(random).value();
    store::MemoryStore memory{clock};
    catalog::Catalog catalog = std::move(*catalog::Catalog::in_memory(steps));

    ops::Context context(store::Store& store, bool threads = true) {
        return {{.archives = {.store = store,
                              .store_id = std::string(32, 'a'),
                              .store_options = {},
                              .catalog = catalog,
                              .keys = {.identities = {identity}, .passphrase = {}}},
                 .effort = {.threads = threads},
                 .world = {environment, clock, random, steps, log, progress}},
                {.host = "host", .machine_id = "machine", .state_dir = ""}};
    }
    [[nodiscard]] SegmentCoding coding(const Way& way) const {
        return {.compression = way.level ? std::optional(codec::Compression{&codec::zstd_encoding(),
                                                                            *way.level})
                                         : std::nullopt,
                .encryption = way.encrypted ? Encryption::to({identity.recipient().text()}).value()
                                            : Encryption{}};
    }
};

class Archives : public testing::TestWithParam<Way> {};

TEST_P(Archives, ComeBackTheSameOnOneThreadAndOnMany) {
    const Buffer stream = long_stream(6000);
    std::vector<Manifest> manifests;
    for (const bool threads : {false, true}) {
        Fixture fixture;
        ops::Context context = fixture.context(fixture.memory, threads);
        const auto manifest =
            store_stream(context, archive_id, stream, fixture.coding(GetParam()), 4096);
        ASSERT_TRUE(manifest) << manifest.error().message();
        EXPECT_GT(manifest->segments.size(), 2U);
        EXPECT_TRUE(catalog::parse_manifest(as_bytes(catalog::to_json(*manifest))))
            << "agrees with itself";
        BufferSink back;
        const auto fetched = fetch_archive(context, *manifest, back);
        ASSERT_TRUE(fetched) << fetched.error().message();
        EXPECT_EQ(back.buffer, stream);
        manifests.push_back(*manifest);
    }
    EXPECT_EQ(manifests[0], manifests[1]);
}

TEST_P(Archives, EachSegmentKnowsWhereItBegins) {
    const Buffer stream = long_stream(6000);
    Fixture fixture;
    ops::Context context = fixture.context(fixture.memory);
    const Manifest manifest =
        *store_stream(context, archive_id, stream, fixture.coding(GetParam()), 4096);
    for (const catalog::Segment& segment : manifest.segments) {
        stream::Checker checker;
        codec::Fletcher4 running;
        if (segment.stream_begin > 0) {
            ASSERT_TRUE(checker.feed(Bytes(stream).first(segment.stream_begin)));
            EXPECT_EQ(checker.boundary(), segment.stream_begin) << "at a record boundary";
            running = checker.running_checksum();
        }
        EXPECT_EQ(running, segment.fletcher4);
        EXPECT_LE(segment.first.object, segment.last.object);
        EXPECT_GE(segment.first.object, 1U);
    }
}

TEST_P(Archives, NoByteOfAnotherSnapshotsStreamIsDelivered) {
    Fixture fixture;
    ops::Context context = fixture.context(fixture.memory);
    const Manifest stored =
        *store_stream(context, archive_id, long_stream(400), fixture.coding(GetParam()), 4096);
    for (const auto guid : {&Manifest::to_guid, &Manifest::from_guid}) {
        Manifest other = stored;
        other.*guid += 1;
        BufferSink back;
        const auto fetched = fetch_archive(context, other, back);
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().kind, ErrorKind::damage);
        EXPECT_TRUE(back.buffer.empty()) << "zfs receive acts on the BEGIN record";
    }
}

TEST_P(Archives, AFlippedBitHoldsBackTheEndRecord) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Buffer stream = long_stream(400);
    Fixture fixture;
    ops::Context plain = fixture.context(fixture.memory);
    const Manifest manifest =
        *store_stream(plain, archive_id, stream, fixture.coding(GetParam()), 4096);
    unsigned damaged = 0;
    for (unsigned round = 0; round < 60; ++round) {
        store::FaultyStore faulty(fixture.memory,
                                  {.seed = seed + round, .flip = 0.3, .returns_parts = false});
        ops::Context context = fixture.context(faulty);
        BufferSink back;
        const auto fetched = fetch_archive(context, manifest, back);
        if (faulty.count() == 0) {
            EXPECT_TRUE(fetched);
            continue;
        }
        ++damaged;
        ASSERT_FALSE(fetched) << "seed " << seed + round;
        EXPECT_EQ(fetched.error().kind, ErrorKind::damage);
        EXPECT_TRUE(fetched.error().where.contains(catalog::segments_of(archive_id)))
            << "names the segment";
        EXPECT_LE(back.buffer.size(), stream.size() - stream::record_header_size)
            << "the END record got out";
        EXPECT_TRUE(std::equal(back.buffer.begin(), back.buffer.end(), stream.begin()) ||
                    !GetParam().level);
    }
    EXPECT_GT(damaged, 10U);
}

TEST_P(Archives, APartChangedOnTheWayIsFetchedAgainIfTheStoreKnowsItsDigest) {
    const Buffer stream = long_stream(400);
    Fixture fixture;
    ops::Context plain = fixture.context(fixture.memory);
    const Manifest manifest =
        *store_stream(plain, archive_id, stream, fixture.coding(GetParam()), 4096);
    std::uint64_t flips = 0;
    for (unsigned seed = 1; seed <= 30; ++seed) {
        store::FaultyStore faulty(fixture.memory, {.seed = seed, .flip = 0.03});
        ops::Context context = fixture.context(faulty);
        BufferSink back;
        const auto fetched = fetch_archive(context, manifest, back);
        flips += faulty.count();
        ASSERT_TRUE(fetched) << "seed " << seed << ": " << fetched.error().message();
        EXPECT_EQ(back.buffer, stream);
    }
    EXPECT_GT(flips, 10U);
}

TEST_P(Archives, AStoreThatFailsGivesItsErrorAndNoManifest) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Buffer stream = long_stream(400);
    unsigned failures = 0;
    for (unsigned round = 0; round < 60; ++round) {
        Fixture fixture;
        store::FaultyStore faulty(fixture.memory, {.seed = seed + round,
                                                   .fail_before = 0.003,
                                                   .fail_after = 0.003,
                                                   .kinds = {ErrorKind::full}});
        ops::Context context = fixture.context(faulty);
        const auto manifest =
            store_stream(context, archive_id, stream, fixture.coding(GetParam()), 4096);
        if (manifest) continue;
        ++failures;
        EXPECT_EQ(manifest.error().kind, ErrorKind::full);
    }
    EXPECT_GT(failures, 5U);
}

INSTANTIATE_TEST_SUITE_P(EachWay, Archives,
                         testing::Values(Way{}, Way{.level = 1},
                                         Way{.level = std::nullopt, .encrypted = true},
                                         Way{.level = 1, .encrypted = true}),
                         [](const auto& way) {
                             return std::string(way.param.level ? "Zstd" : "Plain") +
                                    (way.param.encrypted ? "Age" : "");
                         });

TEST(CheckedInput, RefusesWhatIsNotAStream) {
    for (const char* text :
         {"", "garbage",
          "a longer text that is not a stream either, but long enough to be parsed as a record"}) {
        const Buffer bytes = to_buffer(text);
        BytesSource source(bytes);
        CheckedInput input(source);
        Buffer buffer(4096);
        auto got = input.read(buffer);
        while (got && *got > 0) got = input.read(buffer);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().kind, ErrorKind::damage);
        EXPECT_TRUE(input.failed());
    }
}

TEST(CheckedInput, RefusesExtendedAttributesThatZfsLoses) {
    stream::testing::Builder builder;
    builder.begin(4711, 0).object(5).write_embedded(5, 0xffffffffffff0000U).end();
    const Buffer bytes = builder.bytes();
    BytesSource source(bytes);
    CheckedInput input(source);
    Buffer buffer(1 << 20);
    const auto got = input.read(buffer);
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().what.find("extended attributes"), std::string::npos)
        << got.error().message();
}

TEST(ChunkReader, TheLargestRecordFitsTheLargestChunk) {
    stream::testing::Builder builder;
    builder.begin(4711, 0).object(5).write(5, 0, std::size_t{16} << 20U).end();
    const Buffer bytes = builder.bytes();
    BytesSource source(bytes);
    CheckedInput input(source);
    flow::BufferPool pool(ChunkReader::usual_chunk);
    ChunkReader reader(input, pool);
    Buffer back;
    for (;;) {
        auto chunk = reader.next();
        ASSERT_TRUE(chunk) << chunk.error().message();
        if (!*chunk) break;
        EXPECT_LE((*chunk)->block.capacity(), ChunkReader::largest_chunk);
        const Bytes part = (*chunk)->block.bytes();
        back.insert(back.end(), part.begin(), part.end());
    }
    EXPECT_EQ(back, bytes);
}

}  // namespace
}  // namespace zg::archive
