// The table of encodings, and the functions that use it.
#include "codec/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/age/testing/age_files.hpp"
#include "codec/age/x25519.hpp"
#include "codec/transform.hpp"
#include "codec/zstd.hpp"

namespace zg::codec {
namespace {

using testing::noise;

const AgeRecipients nobody;

Result<Buffer> through(Transform& transform, Bytes bytes, std::size_t step) {
    BufferSink out;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        ZG_CHECK(transform.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), out));
    ZG_CHECK(transform.finish(out));
    return std::move(out.buffer);
}

TEST(Encodings, EachRowIsCompleteAndUnambiguous) {
    std::set<std::string_view> names{no_encoding};
    std::set<std::string_view> suffixes;
    EncodingRole last = EncodingRole::compression;
    for (const Encoding& encoding : all_encodings()) {
        EXPECT_TRUE(names.insert(encoding.name).second) << encoding.name;
        EXPECT_TRUE(suffixes.insert(encoding.suffix).second) << encoding.suffix;
        EXPECT_LE(last, encoding.role) << encoding.name;
        last = encoding.role;
        EXPECT_NE(encoding.encoder == nullptr, encoding.begin_file == nullptr) << encoding.name;
        EXPECT_NE(encoding.decoder, nullptr) << encoding.name;
        EXPECT_NE(encoding.memory, nullptr) << encoding.name;
        EXPECT_LE(encoding.default_level, encoding.max_level) << encoding.name;
        EXPECT_EQ(find_encoding(encoding.role, encoding.name), &encoding);
    }
    EXPECT_EQ(zstd_encoding().name, "zstd");
    EXPECT_EQ(age_encoding().name, "age");
    EXPECT_EQ(find_encoding(EncodingRole::encryption, "zstd"), nullptr);
    EXPECT_EQ(find_encoding(EncodingRole::compression, "none"), nullptr);
}

TEST(Encodings, AnEncoderMakesOneFileAfterAnother) {
    const AgeKeys keys;
    for (const Encoding& encoding : all_encodings()) {
        if (encoding.encoder == nullptr) continue;
        const auto encoder = encoding.encoder({encoding.default_level, nobody});
        for (const std::size_t size : {0U, 1U, 300'000U, 1'000'000U}) {
            const Buffer content = noise(size, 1);
            const auto file = through(*encoder, content, 70'000);
            ASSERT_TRUE(file) << file.error().message();
            const auto decoder = encoding.decoder(keys);
            EXPECT_EQ(through(*decoder, *file, 10'000), content) << encoding.name << ' ' << size;
        }
    }
}

TEST(Encodings, AListIsDecodedFromItsEnd) {
    const AgeIdentity identity = testing::new_identity();
    const AgeKeys keys = testing::keys_of(identity);
    const Buffer content = noise(500'000, 2);
    const Buffer frame = zstd_frame(content, 1).value();
    const Buffer file = testing::encrypt(frame, identity);
    Encodings both;
    both.add(zstd_encoding());
    both.add(age_encoding());
    EXPECT_EQ(both.suffix(), ".zst.age");
    for (const std::size_t step : {std::size_t{1000}, file.size()}) {
        Chain decoder = both.decoder(keys);
        EXPECT_EQ(through(decoder, file, step), content) << step;
    }
    Chain cut = both.decoder(keys);
    EXPECT_EQ(through(cut, Bytes(file).first(file.size() - 1), 1000).error().kind,
              ErrorKind::damage);
}

TEST(Encodings, WithoutEncodingsTheBytesAreUnchanged) {
    const Encodings none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.suffix(), "");
    EXPECT_EQ(none.name_of(EncodingRole::compression), "none");
    EXPECT_EQ(none.of(EncodingRole::encryption), nullptr);
    const AgeKeys keys;
    Chain decoder = none.decoder(keys);
    const Buffer content = noise(1000, 3);
    EXPECT_EQ(through(decoder, content, 7), content);
    EXPECT_EQ(decoder.pending(), 0U);
}

TEST(Encodings, MemoryDependsOnTheOptions) {
    EXPECT_EQ(zstd_encoding().memory({19, nobody}), zstd_encoder_memory(19));
    const AgeRecipients key{.keys = {testing::new_identity().recipient()}};
    EXPECT_EQ(age_encoding().memory({0, key}), 0U);
    const AgeRecipients passphrase{.passphrase = Secret("a passphrase")};
    EXPECT_EQ(age_encoding().memory({0, passphrase}), std::uint64_t{256} << 20U);
}

TEST(Compression, IsWrittenAndParsed) {
    EXPECT_EQ(default_compression().text(), "zstd:3");
    EXPECT_EQ(parse_compression("zstd"), default_compression());
    EXPECT_EQ(parse_compression("zstd:19")->text(), "zstd:19");
    for (const char* bad :
         {"", "none", "age", "zstd:", "zstd:0", "zstd:20", "zstd:x", "zstd:3 ", "zstd:-1", "gzip"})
        EXPECT_FALSE(parse_compression(bad)) << bad;
    EXPECT_EQ(compression_forms(), "zstd or zstd:LEVEL (1 to 19)");
}

}  // namespace
}  // namespace zg::codec
