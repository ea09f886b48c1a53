#include "stream/rewriter.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/header.hpp"
#include "stream/record.hpp"

namespace zg::stream {

namespace {

void put_checksum(MutableBytes header, std::size_t offset, const codec::Fletcher4& sums,
                  std::endian order) {
    for (const std::uint64_t word : {sums.a, sums.b, sums.c, sums.d}) {
        store_int(header, offset, word, order);
        offset += sizeof word;
    }
}

}  // namespace

void Rewriter::put(Bytes header, Buffer& out) {
    const std::size_t at = out.size();
    out.insert(out.end(), header.begin(), header.end());
    const MutableBytes written = MutableBytes(out).subspan(at);
    if (static_cast<RecordType>(raw_type(written, order_)) == RecordType::end)
        put_checksum(written, end_checksum_offset, running_.sums(), order_);
    running_.update(written.first(checksum_offset), order_);
    put_checksum(written, checksum_offset, running_.sums(), order_);
    running_.update(written.subspan(checksum_offset), order_);
}

std::size_t Rewriter::take_header(Bytes bytes) {
    const std::size_t count = std::min(record_header_size - header_.size(), bytes.size());
    header_.insert(header_.end(), bytes.begin(),
                   bytes.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
}

Result<void> Rewriter::begin_record(Buffer& out) {
    const auto header = read_header(header_, order_, raw_);
    if (!header) return fail({.kind = header.error().kind, .what = header.error().what});
    payload_left_ = header->payload_size;
    passes_ = keep_(*header, header_, out);
    if (passes_) put(header_, out);
    header_.clear();
    return {};
}

Result<void> Rewriter::take(Bytes bytes, Buffer& out) {
    while (!bytes.empty()) {
        if (payload_left_ == 0) {
            bytes = bytes.subspan(take_header(bytes));
            if (header_.size() == record_header_size) ZG_CHECK(begin_record(out));
            continue;
        }
        const Bytes piece = bytes.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size())));
        if (passes_) {
            out.insert(out.end(), piece.begin(), piece.end());
            running_.update(piece, order_);
        }
        payload_left_ -= piece.size();
        bytes = bytes.subspan(piece.size());
    }
    return {};
}

Buffer closing_end(std::endian order) {
    Buffer record(record_header_size);
    store_int(record, 0, static_cast<std::uint32_t>(RecordType::end), order);
    return record;
}

}  // namespace zg::stream
