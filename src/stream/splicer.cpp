#include "stream/splicer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/header.hpp"
#include "stream/nvlist.hpp"
#include "stream/record.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

namespace {

constexpr std::uint64_t resuming = feature_bit(Feature::resuming);

std::unexpected<Error> another_stream(std::string what) {
    return fail({.kind = ErrorKind::conflict, .what = std::move(what)});
}

}  // namespace

Splicer::Splicer(Checkpoint place)
    : place_(std::move(place)),
      rewriter_(place_.byte_order, place_.begins.back().is_raw(), place_.running,
                [](const Header&, Bytes, Buffer&) { return true; }) {}

Result<void> Splicer::check_begin() const {
    const Begin& begun = place_.begins.back();
    const Begin& begin = checker_.summary().begins.front();
    if (begin.to_guid != begun.to_guid || begin.from_guid != begun.from_guid)
        return another_stream(fmt::format(
            "zfs send -t wrote a stream from guid {} to guid {}, expected from {} to {}",
            begin.from_guid, begin.to_guid, begun.from_guid, begun.to_guid));
    if (begin.byte_order != begun.byte_order ||
        (begin.features & ~resuming) != (begun.features & ~resuming))
        return another_stream(
            fmt::format("zfs send -t wrote a stream with the features {:#x}, expected {:#x}",
                        begin.features, begun.features | resuming));
    ZG_TRY(const std::vector<NvPair> pairs,
           unpack_nvlist(Bytes(begin_).subspan(record_header_size)));
    const ResumePoint there{nv_number(pairs, "resume_object").value_or(0),
                            nv_number(pairs, "resume_offset").value_or(0)};
    if (there != place_.resume_point)
        return another_stream(fmt::format(
            "zfs send -t resumed at object {} offset {}, expected object {} offset {}",
            there.object, there.offset, place_.resume_point ? place_.resume_point->object : 0,
            place_.resume_point ? place_.resume_point->offset : 0));
    return {};
}

/// Takes the bytes that belong to BEGIN from `bytes`, which were verified.
Result<void> Splicer::take_begin(Bytes& bytes) {
    while (!bytes.empty() && begin_.size() < begin_size_) {
        const std::size_t count = std::min(begin_size_ - begin_.size(), bytes.size());
        begin_.insert(begin_.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(count));
        bytes = bytes.subspan(count);
        if (begin_.size() == record_header_size) {
            std::uint64_t payload = 0;
            if (const auto begin = read_begin(begin_, place_.byte_order, payload); !begin)
                return fail({.kind = begin.error().kind, .what = begin.error().what});
            begin_size_ += payload;
        }
    }
    // The record is complete once the checker has counted it.
    begun_ = checker_.boundary() >= record_header_size;
    return begun_ ? check_begin() : Result<void>{};
}

Result<void> Splicer::feed(Bytes bytes, Buffer& out) {
    ZG_CHECK(checker_.feed(bytes));
    if (!begun_) ZG_CHECK(take_begin(bytes));
    return begun_ ? rewriter_.take(bytes, out) : Result<void>{};
}

Result<void> Splicer::finish(Buffer& out) {
    ZG_CHECK(checker_.finish());
    if (place_.in_package) {
        const Buffer end = closing_end(place_.byte_order);
        out.insert(out.end(), end.begin(), end.end());
    }
    return {};
}

}  // namespace zg::stream
