// The rules for single headers: the last valid value, and the first invalid one.
#include "stream/header.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/features.hpp"
#include "stream/record.hpp"
#include "stream/testing/builder.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream {
namespace {

using testing::Builder;

constexpr testing::Style plain{};
constexpr testing::Style raw{.raw = true};
constexpr std::uint64_t most = ~std::uint64_t{0};

struct Case {
    const char* what;
    testing::Style style;
    std::function<void(Builder&)> build;
    std::optional<ErrorKind> refused;
    std::uint64_t payload = 0;
};

const auto damage = ErrorKind::damage;
const auto unsupported = ErrorKind::unsupported;

std::vector<Case> object_cases() {
    return {
        {"bonus rounded up", plain, [](Builder& b) { b.object(1, 13); }, {}, 16},
        {"raw bonus", raw, [](Builder& b) { b.object(1, 13); }, {}, 320},
        {"no bonus", plain, [](Builder& b) { b.object(1, 0); }, {}, 0},
        {"object 0", plain, [](Builder& b) { b.object(0); }, damage},
        {"no type", plain, [](Builder& b) { b.object(1).put<std::uint32_t>(16, 0); }, damage},
        {"largest block",
         plain,
         [](Builder& b) { b.object(1, 0).put<std::uint32_t>(24, 16U << 20U); },
         {},
         0},
        {"block too large", plain,
         [](Builder& b) { b.object(1).put<std::uint32_t>(24, (16U << 20U) + 512); }, damage},
        {"block too small", plain, [](Builder& b) { b.object(1).put<std::uint32_t>(24, 0); },
         damage},
        {"odd block", plain, [](Builder& b) { b.object(1).put<std::uint32_t>(24, 513); }, damage},
        {"largest bonus", plain, [](Builder& b) { b.object(1, 16192); }, {}, 16192},
        {"bonus too long", plain, [](Builder& b) { b.object(1, 16193); }, damage},
        {"longest bonus of all", plain,
         [](Builder& b) { b.object(1).put<std::uint32_t>(28, 0xffffffff); }, damage},
        {"raw bonus in a plain stream", plain,
         [](Builder& b) { b.object(1).put<std::uint32_t>(36, 16); }, damage},
        {"raw bonus below the bonus", raw, [](Builder& b) { b.object(1, 328); }, damage},
        {"raw bonus not of 8", raw, [](Builder& b) { b.object(1).put<std::uint32_t>(36, 321); },
         damage},
        {"newest checksum",
         plain,
         [](Builder& b) { b.object(1, 0).put<std::uint8_t>(32, 14); },
         {},
         0},
        {"unknown checksum", plain, [](Builder& b) { b.object(1).put<std::uint8_t>(32, 15); },
         unsupported},
        {"unknown compression", plain, [](Builder& b) { b.object(1).put<std::uint8_t>(33, 17); },
         unsupported},
        {"most slots", plain, [](Builder& b) { b.object(1, 0).put<std::uint8_t>(34, 32); }, {}, 0},
        {"too many slots", plain, [](Builder& b) { b.object(1).put<std::uint8_t>(34, 33); },
         damage},
        {"payload length given",
         plain,
         [](Builder& b) { b.object(1, 13).put<std::uint32_t>(4, 16); },
         {},
         16},
        {"wrong payload length given", plain,
         [](Builder& b) { b.object(1, 13).put<std::uint32_t>(4, 24); }, damage},
    };
}

std::vector<Case> write_cases() {
    return {
        {"plain", plain, [](Builder& b) { b.write(1, 0, 1024); }, {}, 1024},
        {"compressed", plain, [](Builder& b) { b.write_compressed(1, 0, 1024, 512); }, {}, 512},
        {"raw, compression off", raw, [](Builder& b) { b.write(1, 0, 1024); }, {}, 1024},
        {"object 0", plain, [](Builder& b) { b.write(0, 0); }, damage},
        {"largest",
         plain,
         [](Builder& b) { b.write(1, 0).put(32, max_block_size); },
         {},
         max_block_size},
        {"too large", plain, [](Builder& b) { b.write(1, 0).put(32, max_block_size + 8); }, damage},
        {"largest number", plain, [](Builder& b) { b.write(1, 0).put(32, most); }, damage},
        {"empty", plain, [](Builder& b) { b.write(1, 0).put<std::uint64_t>(32, 0); }, damage},
        {"ends at 2^64", plain, [](Builder& b) { b.write(1, most - 511); }, damage},
        {"ends below 2^64", plain, [](Builder& b) { b.write(1, most - 512); }, {}, 512},
        {"unknown compression", plain, [](Builder& b) { b.write(1, 0).put<std::uint8_t>(50, 17); },
         unsupported},
        {"compressed to nothing", plain, [](Builder& b) { b.write_compressed(1, 0, 512, 0); },
         damage},
        {"grown", plain, [](Builder& b) { b.write_compressed(1, 0, 512, 520); }, damage},
        {"not of 8", plain, [](Builder& b) { b.write_compressed(1, 0, 512, 511); }, damage},
        {"size but no compression", plain,
         [](Builder& b) { b.write(1, 0).put<std::uint64_t>(96, 8); }, damage},
    };
}

std::vector<Case> other_cases() {
    return {
        {"spill", plain, [](Builder& b) { b.spill(1, 1024); }, {}, 1024},
        {"spill, raw",
         raw,
         [](Builder& b) { b.spill(1, 1024).put<std::uint64_t>(40, 512); },
         {},
         512},
        {"spill, size alone counts",
         plain,
         [](Builder& b) { b.spill(1, 1024).put<std::uint8_t>(33, 15).put<std::uint64_t>(40, 0); },
         {},
         1024},
        {"spill, raw without a size", raw, [](Builder& b) { b.spill(1).put<std::uint64_t>(40, 0); },
         damage},
        {"spill too small", plain, [](Builder& b) { b.spill(1).put<std::uint64_t>(16, 511); },
         damage},
        {"spill too large", plain, [](Builder& b) { b.spill(1).put(16, max_block_size + 8); },
         damage},
        {"spill grown", raw, [](Builder& b) { b.spill(1).put<std::uint64_t>(40, 520); }, damage},
        {"embedded", plain, [](Builder& b) { b.write_embedded(1, 0, 49); }, {}, 56},
        {"embedded, longest", plain, [](Builder& b) { b.write_embedded(1, 0, 112); }, {}, 112},
        {"embedded, too long", plain, [](Builder& b) { b.write_embedded(1, 0, 113); }, damage},
        {"embedded, longest number", plain,
         [](Builder& b) { b.write_embedded(1, 0).put<std::uint32_t>(52, 0xffffffff); }, damage},
        {"embedded, grown", plain,
         [](Builder& b) { b.write_embedded(1, 0, 50).put<std::uint32_t>(48, 49); }, damage},
        {"embedded, in a raw stream", raw, [](Builder& b) { b.write_embedded(1, 0); }, damage},
        {"embedded, unknown type", plain,
         [](Builder& b) { b.write_embedded(1, 0).put<std::uint8_t>(41, 3); }, unsupported},
        {"range", raw, [](Builder& b) { b.object_range(64); }, {}, 0},
        {"range, not aligned", raw, [](Builder& b) { b.object_range(65); }, damage},
        {"range, not of 32", raw, [](Builder& b) { b.object_range(64).put<std::uint64_t>(16, 31); },
         damage},
        {"range in a plain stream", plain, [](Builder& b) { b.object_range(64); }, damage},
        {"freeobjects to the end", plain, [](Builder& b) { b.freeobjects(5, most - 5); }, {}, 0},
        {"freeobjects after the end", plain, [](Builder& b) { b.freeobjects(5, most - 4); },
         damage},
        {"free to the end", plain, [](Builder& b) { b.free(1, 512, most); }, {}, 0},
        {"free after the end", plain, [](Builder& b) { b.free(1, 512, most - 1); }, damage},
        {"free of object 0", plain, [](Builder& b) { b.free(0, 0, 1); }, damage},
        {"redact", plain, [](Builder& b) { b.redact(1, 0, 512); }, {}, 0},
        {"byref", plain, [](Builder& b) { b.write_byref(1, 0, 512); }, {}, 0},
        {"payload given without one", plain,
         [](Builder& b) { b.free(1, 0, 1).put<std::uint32_t>(4, 8); }, damage},
    };
}

void run(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        for (const std::endian order : {std::endian::little, std::endian::big}) {
            testing::Style style = one.style;
            style.order = order;
            Builder builder(style);
            one.build(builder);
            const Buffer bytes = builder.bytes();
            const auto header =
                read_header(Bytes(bytes).first(record_header_size), order, style.raw);
            ASSERT_EQ(!header, one.refused.has_value())
                << one.what << (header ? "" : ": " + header.error().what);
            if (header)
                EXPECT_EQ(header->payload_size, one.payload) << one.what;
            else
                EXPECT_EQ(header.error().kind, *one.refused)
                    << one.what << ": " << header.error().what;
        }
    }
}

TEST(Header, Object) { run(object_cases()); }
TEST(Header, Write) { run(write_cases()); }
TEST(Header, OtherTypes) { run(other_cases()); }

TEST(Header, HasTheFieldsOfEachType) {
    Builder builder;
    builder.begin(77);
    const auto newest = [&](const Builder& with) {
        const Buffer all = with.bytes();
        const auto place = testing::places(all).back();
        return read_header(Bytes(all).subspan(place.at, record_header_size), std::endian::little,
                           false)
            .value();
    };
    const Header write = newest(builder.write(3, 4096, 512));
    EXPECT_EQ(write.object, 3U);
    EXPECT_EQ(write.offset, 4096U);
    EXPECT_EQ(write.length, 512U);
    EXPECT_EQ(write.to_guid, 77U);
    const Header objects = newest(builder.freeobjects(9, 7));
    EXPECT_EQ(objects.object, 9U);
    EXPECT_EQ(objects.length, 7U);
    EXPECT_EQ(objects.to_guid, 77U);
    const Header object = newest(builder.object(5));
    EXPECT_EQ(object.object, 5U);
    EXPECT_EQ(object.to_guid, 77U);
    const Header spill = newest(builder.spill(5, 1024));
    EXPECT_EQ(spill.length, 1024U);
    EXPECT_EQ(spill.to_guid, 77U);
    const Header embedded = newest(builder.write_embedded(6, 8192));
    EXPECT_EQ(embedded.offset, 8192U);
    EXPECT_EQ(embedded.length, 4096U);
    EXPECT_EQ(embedded.to_guid, 77U);
    for (const std::uint32_t type :
         {testing::free_type, testing::redact_type, testing::write_byref_type}) {
        const Header extent = newest(builder.free(8, 1, 2).put(0, type));
        EXPECT_EQ(extent.object, 8U);
        EXPECT_EQ(extent.offset, 1U);
        EXPECT_EQ(extent.length, 2U);
        EXPECT_EQ(extent.to_guid, 77U);
    }
    EXPECT_EQ(newest(builder.end()).to_guid, 77U);
}

TEST(Header, Begin) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        const Buffer bytes = Builder({.order = order}).begin(7, 8, 24).bytes();
        const Bytes header = Bytes(bytes).first(record_header_size);
        ASSERT_EQ(begin_byte_order(header), order);
        std::uint64_t payload = 0;
        const auto begin = read_begin(header, order, payload);
        ASSERT_TRUE(begin);
        EXPECT_EQ(payload, 24U);
        EXPECT_EQ(begin->byte_order, order);
        EXPECT_FALSE(begin->compound);
        EXPECT_EQ(begin->features, testing::usual_features);
        EXPECT_EQ(begin->creation_time, 0x6b03a751U);
        EXPECT_EQ(begin->objset_type, 2U);
        EXPECT_EQ(begin->flags, 0xcU);
        EXPECT_EQ(begin->to_guid, 7U);
        EXPECT_EQ(begin->from_guid, 8U);
        EXPECT_EQ(begin->to_name, "pool/fs@snapshot");
        EXPECT_TRUE(begin->is_compressed());
        EXPECT_FALSE(begin->is_raw());
        EXPECT_FALSE(begin->is_clone());
    }
}

TEST(Header, InvalidBegin) {
    const auto refused = [](const Builder& builder) {
        const Buffer bytes = builder.bytes();
        std::uint64_t payload = 0;
        return !read_begin(Bytes(bytes).first(record_header_size), std::endian::little, payload);
    };
    EXPECT_FALSE(refused(Builder().begin()));
    EXPECT_FALSE(refused(Builder().package()));
    EXPECT_TRUE(refused(Builder().begin().put<std::uint64_t>(16, 0)));
    EXPECT_TRUE(refused(Builder().begin().put<std::uint64_t>(16, 3)));
    EXPECT_FALSE(refused(Builder().begin().put<std::uint32_t>(4, max_begin_payload)));
    EXPECT_TRUE(refused(Builder().begin().put<std::uint32_t>(4, max_begin_payload + 4)));
    EXPECT_TRUE(refused(Builder().begin().put<std::uint32_t>(4, 6)));
    Builder endless;
    endless.begin();
    for (std::size_t at = 56; at < record_header_size; ++at) endless.put<std::uint8_t>(at, 'x');
    EXPECT_TRUE(refused(endless));
    EXPECT_FALSE(refused(endless.put<std::uint8_t>(record_header_size - 1, 0)));
}

TEST(RecordNames, AreAsInZfs) {
    EXPECT_EQ(record_type_name(RecordType::begin), "BEGIN");
    EXPECT_EQ(record_type_name(RecordType::write_embedded), "WRITE_EMBEDDED");
    EXPECT_EQ(record_type_name(RecordType::redact), "REDACT");
    EXPECT_EQ(record_type_name(static_cast<RecordType>(11)), "unknown");
}

TEST(FeatureNames, NameEachBit) {
    EXPECT_TRUE(feature_names(0).empty());
    EXPECT_EQ(feature_names(std::uint64_t{1} << 19U | 4),
              (std::vector<std::string>{"sa_spill", "large_blocks"}));
    EXPECT_EQ(feature_names(std::uint64_t{1} << 18U | std::uint64_t{1} << 61U),
              (std::vector<std::string>{"bit 18", "bit 61"}));
    EXPECT_EQ(feature_names(known_features()).size(), 16U);
    EXPECT_EQ(feature_names(~known_features()).size(), 48U);
}

}  // namespace
}  // namespace zg::stream
