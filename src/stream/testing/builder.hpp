// Makes valid send streams for tests, with every record type and in both byte orders.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "stream/features.hpp"
#include "stream/testing/layout.hpp"

namespace zg::stream::testing {

inline constexpr std::uint64_t usual_features =
    feature_bit(Feature::sa_spill) | feature_bit(Feature::embed_data) | feature_bit(Feature::lz4) |
    feature_bit(Feature::compressed);

/// What all records of a stream have in common.
struct Style {
    std::endian order = std::endian::little;
    bool own_checksums = true;  ///< false: as before OpenZFS 0.6.4 (zfs-fuse)
    bool raw = false;           ///< zfs send -w
};

/// Records are added in the order of the calls; bytes() then returns the stream with its checksums.
class Builder {
  public:
    explicit Builder(Style style = {}) : style_(style) {}

    Builder& package(std::size_t payload = 48) {
        start(begin_type, payload);
        begin_fields(2, 0, "pool@package");
        guid_ = 0;
        return *this;
    }
    Builder& begin(std::uint64_t to_guid = 0x1122334455667788, std::uint64_t from_guid = 0,
                   std::size_t payload = 0) {
        start(begin_type, payload);
        begin_fields(1, usual_features | (style_.raw ? feature_bit(Feature::raw) : 0),
                     "pool/fs@snapshot");
        put<std::uint64_t>(24, 0x6b03a751);
        put<std::uint32_t>(32, 2);
        put<std::uint32_t>(36, 0xc);
        put<std::uint64_t>(40, to_guid);
        put<std::uint64_t>(48, from_guid);
        guid_ = to_guid;
        return *this;
    }
    Builder& object(std::uint64_t number, std::uint32_t bonus = 12) {
        const std::size_t stored = style_.raw ? 320 : (bonus + 7) / 8 * 8;
        start(object_type, stored);
        put(8, number);
        put<std::uint32_t>(16, 19);
        put<std::uint32_t>(20, 44);
        put<std::uint32_t>(24, 131072);
        put<std::uint32_t>(28, bonus);
        put<std::uint8_t>(34, 1);
        if (style_.raw) put<std::uint32_t>(36, 320);
        put(40, guid_);
        return *this;
    }
    Builder& freeobjects(std::uint64_t first, std::uint64_t count) {
        return extent(freeobjects_type, {first, count, guid_});
    }
    Builder& object_range(std::uint64_t first) {
        return extent(object_range_type, {first, 32, guid_});
    }
    Builder& free(std::uint64_t object, std::uint64_t offset, std::uint64_t length) {
        return extent(free_type, {object, offset, length, guid_});
    }
    Builder& redact(std::uint64_t object, std::uint64_t offset, std::uint64_t length) {
        return extent(redact_type, {object, offset, length, guid_});
    }
    Builder& write_byref(std::uint64_t object, std::uint64_t offset, std::uint64_t length) {
        return extent(write_byref_type, {object, offset, length, guid_, guid_, object, 0});
    }
    Builder& write(std::uint64_t object, std::uint64_t offset, std::size_t size = 512) {
        start(write_type, size);
        write_fields(object, offset, size);
        if (style_.raw) {
            put<std::uint8_t>(50, 2);
            put<std::uint64_t>(96, size);
        }
        return *this;
    }
    /// `stored` bytes of payload that decompress (lz4) to `size` bytes.
    Builder& write_compressed(std::uint64_t object, std::uint64_t offset, std::size_t size,
                              std::size_t stored) {
        start(write_type, stored);
        write_fields(object, offset, size);
        put<std::uint8_t>(50, 15);
        put<std::uint64_t>(96, stored);
        return *this;
    }
    Builder& spill(std::uint64_t object, std::size_t size = 512) {
        start(spill_type, size);
        put(8, object);
        put<std::uint64_t>(16, size);
        put(24, guid_);
        if (style_.raw) {
            put<std::uint8_t>(33, 2);
            put<std::uint64_t>(40, size);
        }
        return *this;
    }
    Builder& write_embedded(std::uint64_t object, std::uint64_t offset, std::uint32_t stored = 50) {
        start(write_embedded_type, (std::size_t{stored} + 7) / 8 * 8);
        put(8, object);
        put(16, offset);
        put<std::uint64_t>(24, 4096);
        put(32, guid_);
        put<std::uint8_t>(40, 15);
        put<std::uint32_t>(48, 4096);
        put<std::uint32_t>(52, stored);
        return *this;
    }
    Builder& end() {
        start(end_type, 0);
        put(40, guid_);
        return *this;
    }
    /// Any record: `payload` bytes after a header that is zero except for its type.
    Builder& record(std::uint32_t type, std::size_t payload = 0) {
        start(type, payload);
        return *this;
    }
    /// Changes a field of the newest record.
    template <class T>
    Builder& put(std::size_t at, T value) {
        store_int(MutableBytes(bytes_).subspan(record_at_), at, value, style_.order);
        return *this;
    }

    /// The stream, with checksums.
    [[nodiscard]] Buffer bytes() const {
        Buffer stream = bytes_;
        write_checksums(stream, style_.own_checksums);
        return stream;
    }

  private:
    void start(std::uint32_t type, std::size_t payload) {
        record_at_ = bytes_.size();
        bytes_.resize(record_at_ + header_size + payload);
        put(0, type);
        if (type == begin_type) put(4, static_cast<std::uint32_t>(payload));
        for (std::size_t i = 0; i < payload; ++i) {
            noise_ = noise_ * 6364136223846793005ULL + 1442695040888963407ULL;
            bytes_[record_at_ + header_size + i] = static_cast<std::byte>(noise_ >> 56U);
        }
    }
    void begin_fields(std::uint64_t kind, std::uint64_t features, std::string_view name) {
        put(8, magic);
        put(16, features << 2U | kind);
        std::ranges::copy(as_bytes(name),
                          bytes_.begin() + static_cast<std::ptrdiff_t>(record_at_ + 56));
    }
    void write_fields(std::uint64_t object, std::uint64_t offset, std::uint64_t size) {
        put(8, object);
        put<std::uint32_t>(16, 19);
        put(24, offset);
        put(32, size);
        put(40, guid_);
        put<std::uint8_t>(48, 7);
    }
    Builder& extent(std::uint32_t type, std::initializer_list<std::uint64_t> words) {
        start(type, 0);
        std::size_t at = 8;
        for (const std::uint64_t word : words) {
            put(at, word);
            at += 8;
        }
        return *this;
    }

    Style style_;
    Buffer bytes_;
    std::size_t record_at_ = 0;
    std::uint64_t guid_ = 0;
    std::uint64_t noise_ = 1;
};

/// A stream with a record of every type that `style` can have.
inline Buffer every_type(Style style = {}) {
    Builder builder(style);
    builder.begin(0x1122334455667788, 0, 24).freeobjects(0, 1);
    if (style.raw) builder.object_range(0);
    builder.object(2).free(2, 512, ~std::uint64_t{0}).write(2, 0).spill(2).object(3, 0);
    if (!style.raw)
        builder.write_embedded(3, 0).write_compressed(3, 4096, 1024, 512).write_byref(3, 8192, 512);
    builder.redact(3, 65536, 512).freeobjects(4, 28).end();
    return builder.bytes();
}

/// A package of two small streams.
inline Buffer package_of_two(Style style = {}) {
    Builder builder(style);
    builder.package().end();
    for (const std::uint64_t guid : {5U, 6U}) {
        builder.begin(guid);
        if (style.raw) builder.object_range(0);
        builder.object(2).end();
    }
    return builder.record(end_type).bytes();
}

/// A stream of up to `most_records` records of all types and many sizes.
inline Buffer random_stream(std::mt19937_64& random, Style style, std::size_t most_records = 40) {
    const auto pick = [&](std::uint64_t least, std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(least, most)(random);
    };
    Builder builder(style);
    builder.begin(random(), pick(0, 1) == 0 ? 0 : random(), pick(0, 20) * 4);
    std::uint64_t object = 1;
    std::uint64_t offset = 0;
    if (style.raw) builder.object_range(0);
    for (std::uint64_t left = pick(0, most_records); left > 0; --left) {
        const std::size_t size = pick(1, 16) * 512;
        const std::uint64_t here = std::exchange(offset, offset + size);
        switch (pick(0, style.raw ? 6 : 9)) {
            case 0:
                if (object < 31) ++object;
                offset = 0;
                builder.object(object, static_cast<std::uint32_t>(pick(0, 300)));
                break;
            case 1:
                builder.freeobjects(pick(0, 1000), pick(0, 1000));
                break;
            case 2:
                builder.free(object, here, pick(0, 1) == 0 ? ~std::uint64_t{0} : size);
                break;
            case 3:
                builder.spill(object, size);
                break;
            case 4:
                builder.redact(object, here, size);
                break;
            case 5:
            case 6:
                builder.write(object, here, size);
                break;
            case 7:
                builder.write_compressed(object, here, size, pick(1, size / 8) * 8);
                break;
            case 8:
                builder.write_embedded(object, here, static_cast<std::uint32_t>(pick(0, 112)));
                break;
            default:
                builder.write_byref(object, here, size);
        }
    }
    return builder.end().bytes();
}

}  // namespace zg::stream::testing
