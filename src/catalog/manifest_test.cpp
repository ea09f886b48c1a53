#include "catalog/manifest.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/object_names.hpp"
#include "catalog/record.hpp"
#include "catalog/self_digest.hpp"
#include "catalog/store_record.hpp"
#include "catalog/testing/sample.hpp"
#include "codec/encoding.hpp"

namespace zg::catalog {
namespace {

using nlohmann::json;

Result<Manifest> parse(json document) {
    document.erase("sha256");
    return parse_manifest(as_bytes(with_self_digest(document.dump(1))));
}

Manifest sealed_manifest() {
    Manifest manifest = sample_manifest();
    manifest.encodings.add(codec::age_encoding());
    manifest.recipients = {recipient_label("age1example")};
    manifest.sealed = to_buffer("age-encryption.org/v1 and so on");
    for (Segment& segment : manifest.segments) segment.name += ".age";
    return manifest;
}

TEST(Manifest, RoundTrip) {
    const Manifest manifest = sample_manifest();
    const std::string text = to_json(manifest);
    const auto back = parse_manifest(as_bytes(text));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, manifest);
    EXPECT_EQ(to_json(*back), text);
}

TEST(Manifest, NamesThatAreNotUtf8AreWrittenAllTheSame) {
    Manifest manifest = sample_manifest();
    manifest.host = "\xff\xfe";
    EXPECT_TRUE(parse_manifest(as_bytes(to_json(manifest))));
}

TEST(Manifest, EveryMissingOrWrongFieldIsNamed) {
    const json sound = json::parse(to_json(sample_manifest()));
    for (const auto& [key, value] : sound.items()) {
        if (key == "sha256") continue;
        json missing = sound;
        missing.erase(key);
        const auto without = parse(missing);
        ASSERT_FALSE(without) << key;
        EXPECT_NE(without.error().message().find(key), std::string::npos)
            << without.error().message();
        for (const json& wrong :
             {json(nullptr), json(-1), json(json::array({1})), json("x y"), json(true)}) {
            json changed = sound;
            changed[key] = wrong;
            if (wrong == json(true) && (key == "raw" || key == "index")) continue;
            const bool any_text = key == "host" || key == "dataset" || key == "dataset_type" ||
                                  key == "snapshot" || key == "send_flags" || key == "program";
            if (wrong == json("x y") && any_text) continue;
            EXPECT_FALSE(parse(changed)) << key << " = " << wrong;
        }
    }
    for (const auto& [key, value] : sound["segments"][0].items()) {
        json missing = sound;
        missing["segments"][0].erase(key);
        EXPECT_FALSE(parse(missing)) << key;
    }
}

TEST(Manifest, WhatDoesNotAgreeWithItselfIsRefused) {
    const auto refused = [](auto change) {
        Manifest manifest = sample_manifest();
        change(manifest);
        const auto back = parse_manifest(as_bytes(to_json(manifest)));
        return !back && back.error().kind == ErrorKind::damage;
    };
    EXPECT_TRUE(refused([](Manifest& m) { m.segments.clear(); }));
    EXPECT_TRUE(refused([](Manifest& m) { std::swap(m.segments[0], m.segments[1]); }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments.pop_back(); }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments[1].stream_begin = 1999; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments[1].stream_end = 2000; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments[0].name = "../000001.zfs.zst"; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments[0].stored_size = ~0ULL; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.segments[0].stored_size = 0; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.stream_size += 1; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.stored_size += 1; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.to_guid = 0; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.from_guid = m.to_guid; }));
    EXPECT_TRUE(refused([](Manifest& m) { m.archive_id = "../../etc"; }));
    EXPECT_FALSE(refused([](Manifest&) {}));
}

TEST(Manifest, AnUnknownEncodingIsRefused) {
    for (const char* key : {"compression", "encryption"}) {
        json document = json::parse(to_json(sample_manifest()));
        document[key] = "lzma";
        const auto back = parse(document);
        ASSERT_FALSE(back) << key;
        EXPECT_EQ(back.error().kind, ErrorKind::damage);
        EXPECT_EQ(back.error().where, key);
    }
}

TEST(Manifest, SaysHowSegmentsAreEncoded) {
    const json document = json::parse(to_json(sealed_manifest()));
    EXPECT_EQ(document["compression"], "zstd");
    EXPECT_EQ(document["encryption"], "age");
    EXPECT_EQ(json::parse(to_json(sample_manifest()))["encryption"], "none");
    EXPECT_EQ(segment_suffix(sealed_manifest().encodings), ".zfs.zst.age");
    EXPECT_EQ(segment_suffix({}), ".zfs");
}

TEST(Manifest, ANewerVersionIsToldApartFromDamage) {
    json document = json::parse(to_json(sample_manifest()));
    document["version"] = format_version + 1;
    const auto back = parse(document);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().kind, ErrorKind::unsupported);
}

TEST(Manifest, EveryFlippedBitIsFound) {
    for (const Manifest& manifest : {sample_manifest(), sealed_manifest()}) {
        std::string text = to_json(manifest);
        for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
            const auto back = parse_manifest(as_bytes(text));
            ASSERT_FALSE(back) << bit;
            EXPECT_EQ(back.error().kind, ErrorKind::damage)
                << bit << ": " << back.error().message();
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
        }
    }
}

TEST(Manifest, OfAnEncryptedArchiveKeepsTheNamesToItself) {
    Manifest manifest = sealed_manifest();
    manifest.opening = to_buffer("opening");
    manifest.segments[1].object_range = to_buffer("range");
    const std::string text = to_json(manifest);
    for (const std::string& secret :
         {manifest.host, manifest.dataset, manifest.snapshot, std::string("object"),
          std::string("fletcher4"), std::string("opening")})
        EXPECT_EQ(text.find(secret), std::string::npos) << secret;
    auto back = parse_manifest(as_bytes(text));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_FALSE(back->opened);
    EXPECT_EQ(back->dataset, "");
    EXPECT_EQ(to_json(*back), text);
    ASSERT_TRUE(read_private_json(*back, as_bytes(private_json(manifest))));
    EXPECT_EQ(*back, manifest);
}

TEST(Manifest, NamesOfAnotherArchiveAreRefused) {
    Manifest manifest = sealed_manifest();
    manifest.opened = false;
    Manifest other = manifest;
    other.archive_id = "20261123T020000Z-7f3a9c21";
    EXPECT_FALSE(read_private_json(manifest, as_bytes(private_json(other))));
    other = manifest;
    other.segments.pop_back();
    EXPECT_FALSE(read_private_json(manifest, as_bytes(private_json(other))));
    EXPECT_FALSE(read_private_json(manifest, as_bytes("{}")));
    EXPECT_FALSE(manifest.opened);
}

TEST(Manifest, ARecordWithItsDigestCutOffIsDamaged) {
    json document = json::parse(to_json(sample_manifest()));
    document.erase("sha256");
    const auto back = parse_manifest(as_bytes(document.dump(1)));
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().kind, ErrorKind::damage);
}

TEST(Manifest, EveryCutIsRefused) {
    const std::string text = to_json(sample_manifest());
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_manifest(as_bytes(std::string_view(text).substr(0, size)))) << size;
}

TEST(Manifest, TheLevelFollowsFromTheBase) {
    const auto written = [](const Manifest& manifest) {
        return json::parse(to_json(manifest))["level"].get<std::string>();
    };
    Manifest month = sample_manifest(2, 1);
    month.monthly = true;
    EXPECT_EQ(written(sample_manifest()), "full");
    EXPECT_EQ(written(sample_manifest(2, 1)), "increment");
    EXPECT_EQ(written(month), "month");
    EXPECT_EQ(parse_manifest(as_bytes(to_json(month)))->level(), Level::month);
    EXPECT_EQ(parse_manifest(as_bytes(to_json(month))).value(), month);
    const auto refused = [](const Manifest& manifest, const char* level) {
        json document = json::parse(to_json(manifest));
        document["level"] = level;
        const auto back = parse(document);
        return !back && back.error().kind == ErrorKind::damage && back.error().where == "level";
    };
    for (const char* level : {"month", "increment", "week", ""})
        EXPECT_TRUE(refused(sample_manifest(), level)) << level;
    for (const char* level : {"full", "Month"})
        EXPECT_TRUE(refused(sample_manifest(2, 1), level)) << level;
}

TEST(Manifest, SaysWhetherAnIndexWasMade) {
    Manifest manifest = sample_manifest();
    EXPECT_EQ(json::parse(to_json(manifest))["index"], false);
    manifest.indexed = true;
    EXPECT_EQ(parse_manifest(as_bytes(to_json(manifest))).value(), manifest);
}

TEST(Record, OfABuildFromBeforeFormat1IsNotCalledDamage) {
    // Its first versions did not end with their digest.
    const std::string first = R"({"format": "zglacier manifest", "version": 1})";
    const std::string last = with_self_digest(R"({"format": "zglacier manifest", "version": 4})");
    for (const std::string& text : {first, last}) {
        const auto back = parse_manifest(as_bytes(text));
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().kind, ErrorKind::unsupported);
        EXPECT_TRUE(back.error().what.contains("before format 1")) << back.error().what;
        EXPECT_TRUE(back.error().hint.contains("zglacier init")) << back.error().hint;
    }
    const auto record = parse_store_record(
        as_bytes(R"({"format": "zglacier store", "version": 1, "id": "x", "created": "y"})"));
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().kind, ErrorKind::unsupported);
}

TEST(StoreRecord, RoundTripAndRefusal) {
    const StoreRecord record{.id = "0123456789abcdef0123456789abcdef",
                             .created = TimePoint(std::chrono::seconds(1'795'400'000)),
                             .recipients = {"age1example"},
                             .passphrase = true};
    const auto back = parse_store_record(as_bytes(to_json(record)));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->id, record.id);
    EXPECT_EQ(back->created, record.created);
    EXPECT_EQ(back->recipients, record.recipients);
    EXPECT_TRUE(back->passphrase);
    EXPECT_FALSE(parse_store_record(as_bytes("{}")));
    EXPECT_FALSE(parse_store_record(as_bytes(to_json(StoreRecord{.id = "../x", .created = {}}))));
    EXPECT_FALSE(parse_store_record(as_bytes(to_json(sample_manifest()))));
}

TEST(ArchiveId, FormAndOwner) {
    const std::string tag = owner_tag("store", "machine", "vat/testfs");
    EXPECT_EQ(tag.size(), 8U);
    EXPECT_NE(tag, owner_tag("store", "machine", "vat/other"));
    EXPECT_NE(tag, owner_tag("store", "machinev", "at/testfs"));
    const std::string id = make_archive_id(TimePoint(std::chrono::seconds(1'795'400'000)), tag);
    EXPECT_TRUE(is_archive_id(id)) << id;
    EXPECT_EQ(tag_of(id), tag);
    for (const char* bad :
         {"", "20261123T020000Z", "20261123T020000Z-7F3a9c21", "20261123T020000Z-7f3a9c2",
          "2026-1123T020000Z-7f3a9c21", "20261123T020000Z-7f3a9c21/"})
        EXPECT_FALSE(is_archive_id(bad)) << bad;
}

}  // namespace
}  // namespace zg::catalog
