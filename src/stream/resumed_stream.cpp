#include "stream/resumed_stream.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/header.hpp"
#include "stream/nvlist.hpp"
#include "stream/record.hpp"
#include "stream/rewriter.hpp"

namespace zg::stream {

namespace {

constexpr std::size_t payload_length_offset = 4;  // drr_payloadlen
constexpr std::size_t version_offset = 16;        // drr_versioninfo
constexpr unsigned features_shift = 2;  // the features are above the two bits of the header's type

/// DRR_FLAG_FREERECORDS: set by every zfs send since shortly after per-record checksums were
/// introduced, and by none before.
constexpr std::uint32_t flag_freerecords = 4;

bool is_write(RecordType type) {
    return type == RecordType::write || type == RecordType::write_embedded;
}

std::unexpected<Error> cannot(ErrorKind kind, std::string_view why) {
    return fail(
        {.kind = kind,
         .what = fmt::format("zfs receive cannot resume in the middle of this stream: {}", why)});
}

}  // namespace

Result<void> ResumedStream::begin(Buffer& out) {
    Checker checker;
    if (auto fed = checker.feed(opening_); !fed) return fail(std::move(fed.error()));
    const auto place = checker.checkpoint();
    if (!place || place->position != opening_.size() || checker.position() != opening_.size())
        return cannot(ErrorKind::damage, "its opening does not end with a BEGIN record");
    const Begin& begin = place->begins.back();
    if (place->records != begin.record_number + 1)
        return cannot(ErrorKind::damage, "there are records after its BEGIN");
    if (has_feature(begin.features, Feature::resuming))
        return cannot(ErrorKind::unsupported, "it is itself the rest of another stream");
    if ((begin.flags & flag_freerecords) == 0)
        return cannot(ErrorKind::unsupported, "its records have no checksums");
    in_package_ = place->in_package;
    order_ = place->byte_order;
    return change_begin(begin.position, out);
}

/// `position`: offset of BEGIN in the opening.
Result<void> ResumedStream::change_begin(std::size_t position, Buffer& out) {
    const Bytes begin = Bytes(opening_).subspan(position);
    if (order_ != std::endian::little)
        return cannot(ErrorKind::unsupported, "it comes from a machine of the other byte order");
    ZG_TRY(const Buffer list,
           prepend_to_nvlist({{"resume_object", at_.object}, {"resume_offset", at_.offset}},
                             begin.subspan(record_header_size)));
    Buffer changed(begin.begin(), begin.begin() + record_header_size);
    store_int(MutableBytes(changed), payload_length_offset,
              static_cast<std::uint32_t>(list.size()));
    const auto version = load_int<std::uint64_t>(changed, version_offset);
    store_int(MutableBytes(changed), version_offset,
              version | feature_bit(Feature::resuming) << features_shift);
    changed.insert(changed.end(), list.begin(), list.end());
    codec::Fletcher4 running;
    running.update(changed, order_);
    const bool raw = has_feature(version >> features_shift, Feature::raw);
    rewriter_.emplace(order_, raw, running, [this](const Header& header, Bytes bytes, Buffer& to) {
        return keep(header, bytes, to);
    });
    out.insert(out.end(), opening_.begin(),
               opening_.begin() + static_cast<std::ptrdiff_t>(position));
    out.insert(out.end(), changed.begin(), changed.end());
    return {};
}

bool ResumedStream::is_at_place(const Header& header) const {
    if (at_ == nothing_received) return true;
    if (header.object != at_.object) return false;
    return at_.offset == 0 ? header.type == RecordType::object
                           : is_write(header.type) && header.offset == at_.offset;
}

/// Whether the record cannot come before the place: true for a WRITE or an object after it.
bool ResumedStream::is_after(const Header& header) const {
    if (header.type == RecordType::end) return true;
    if (header.type == RecordType::object) return header.object > at_.object;
    return is_write(header.type) &&
           std::pair(header.object, header.offset) > std::pair(at_.object, at_.offset);
}

bool ResumedStream::keep(const Header& header, Bytes bytes, Buffer& out) {
    if (place_ == Place::before && is_at_place(header)) {
        place_ = Place::after;
        if (!object_range_.empty()) rewriter_->put(object_range_, out);
    } else if (place_ == Place::before && is_after(header)) {
        place_ = Place::missed;
    } else if (place_ == Place::before && header.type == RecordType::object_range) {
        object_range_.assign(bytes.begin(), bytes.end());
    }
    if (place_ != Place::after) return false;
    if (header.type == RecordType::end) place_ = Place::ended;
    return true;
}

Result<void> ResumedStream::feed(Bytes bytes, Buffer& out) {
    if (!rewriter_)
        return fail({.kind = ErrorKind::internal, .what = "a resumed stream was not begun"});
    ZG_CHECK(rewriter_->take(bytes, out));
    if (place_ != Place::missed) return {};
    return fail({.kind = ErrorKind::conflict,
                 .what = fmt::format(
                     "the stream has no record at object {} offset {}, where zfs receive stopped",
                     at_.object, at_.offset)});
}

Result<void> ResumedStream::finish(Buffer& out) {
    if (place_ != Place::ended) return cannot(ErrorKind::damage, "it has no END");
    if (in_package_) {
        const Buffer end = closing_end(order_);
        out.insert(out.end(), end.begin(), end.end());
    }
    return {};
}

}  // namespace zg::stream
