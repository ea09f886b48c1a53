#include "catalog/tombstone.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "catalog/record.hpp"
#include "catalog/self_digest.hpp"
#include "catalog/testing/sample.hpp"

namespace zg::catalog {
namespace {

using nlohmann::json;

const Tombstone sample{.archive_id = "20261123T020000Z-7f3a9c21",
                       .removed = TimePoint(std::chrono::seconds(1'795'400'000)),
                       .rule = "older than 12 months",
                       .host = "fileserver"};

Result<Tombstone> parse(json document) {
    document.erase("sha256");
    return parse_tombstone(as_bytes(with_self_digest(document.dump(1))));
}

TEST(Tombstone, RoundTrip) {
    EXPECT_EQ(parse_tombstone(as_bytes(to_json(sample))).value(), sample);
    Tombstone nameless = sample;
    nameless.host.clear();
    EXPECT_FALSE(json::parse(to_json(nameless)).contains("host"));
    EXPECT_EQ(parse_tombstone(as_bytes(to_json(nameless))).value(), nameless);
}

TEST(Tombstone, AnythingElseIsDamage) {
    const json sound = json::parse(to_json(sample));
    EXPECT_TRUE(parse(sound));
    for (const char* key : {"format", "version", "archive_id", "removed", "rule"}) {
        json changed = sound;
        changed.erase(key);
        EXPECT_FALSE(parse(changed)) << key;
        changed[key] = 17;
        EXPECT_FALSE(parse(changed)) << key;
    }
    json changed = sound;
    changed["archive_id"] = "../x";
    EXPECT_FALSE(parse(changed));
    changed = sound;
    changed["host"] = 1;
    EXPECT_FALSE(parse(changed));
    EXPECT_FALSE(parse_tombstone(as_bytes(to_json(sample_manifest()))));
    EXPECT_FALSE(parse_tombstone(Buffer(max_tombstone_size + 1)));
    changed = sound;
    changed["version"] = format_version + 1;
    EXPECT_EQ(parse(changed).error().kind, ErrorKind::unsupported);
}

TEST(Tombstone, EveryFlippedBitAndEveryCutIsFound) {
    std::string text = to_json(sample);
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        const auto flip = [&] {
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
        };
        flip();
        const auto back = parse_tombstone(as_bytes(text));
        ASSERT_FALSE(back) << bit;
        EXPECT_EQ(back.error().kind, ErrorKind::damage) << bit;
        flip();
    }
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_tombstone(as_bytes(std::string_view(text).substr(0, size)))) << size;
}

}  // namespace
}  // namespace zg::catalog
