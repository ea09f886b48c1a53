#include "archive/write/checked_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"

namespace zg::archive {

namespace {

bool has_object(stream::RecordType type) {
    using enum stream::RecordType;
    return type == object || type == write || type == write_embedded || type == write_byref ||
           type == spill;
}

}  // namespace

CheckedInput::CheckedInput(Source& source)
    : source_(source), checker_([this](const stream::Record& record) { note(record); }) {}

CheckedInput::CheckedInput(Source& source, const stream::Checkpoint& place)
    : source_(source),
      checker_(place, [this](const stream::Record& record) { note(record); }),
      opening_size_(0) {
    span_.begin = place.position;
    span_.fletcher4 = place.running;
    span_.object_range = place.object_range;
}

Buffer CheckedInput::opening() const { return opening_size_ ? beginning_ : Buffer{}; }

void CheckedInput::note(const stream::Record& record) {
    if (record.type == stream::RecordType::begin && !opening_size_ &&
        !checker_.summary().begins.back().compound)
        opening_size_ = record.position + record.size;
    // The place of a spill block, DMU_SPILL_BLKID (-1) times a block size, where no file has bytes:
    // as an embedded write it is received into the file's data, and the extended attributes it
    // holds are gone. See openzfs/zfs issue 18239 and pull request 19091.
    const bool spill = record.type == stream::RecordType::write_embedded &&
                       static_cast<std::int64_t>(record.offset) < 0;
    if (spill && !loss_)
        loss_ =
            Error{.kind = ErrorKind::unsupported,
                  .what = fmt::format("record {} at byte {}: zfs send -e puts the extended "
                                      "attributes of object {} where zfs receive loses them",
                                      record.number, record.position, record.object),
                  .hint =
                      "run it without --embedded (and --raw of an unencrypted dataset); this is "
                      "openzfs/zfs pull request 19091"};
    if (!has_object(record.type)) return;
    const catalog::ObjectPosition position{record.object, record.offset};
    if (!span_.first) span_.first = position;
    span_.last = position;
}

Result<std::size_t> CheckedInput::read(MutableBytes into) {
    auto got = read_checked(into);
    failed_ = !got;
    return got;
}

Result<std::size_t> CheckedInput::read_checked(MutableBytes into) {
    ZG_TRY(const std::size_t got, source_.read(into));
    if (got == 0) {
        ZG_CHECK(checker_.finish());
        if (at_end_) ZG_CHECK(at_end_());
        return got;
    }
    const bool opened = opening_size_.has_value();
    if (!opened && beginning_.size() <= opening_most)
        beginning_.insert(beginning_.end(), into.begin(),
                          into.begin() + static_cast<std::ptrdiff_t>(got));
    ZG_CHECK(checker_.feed(Bytes(into).first(got)));
    if (!opened && opening_size_)
        beginning_.resize(
            *opening_size_ <= std::min(beginning_.size(), opening_most) ? *opening_size_ : 0);
    if (loss_) return fail(*loss_);
    return got;
}

RecordSpan CheckedInput::take_span() {
    RecordSpan span = std::exchange(span_, {});
    span.end = checker_.boundary();
    span.fletcher4_after = checker_.running_checksum();
    span.checkpoint = checker_.checkpoint();
    span_.begin = span.end;
    span_.fletcher4 = span.fletcher4_after;
    if (span.checkpoint) span_.object_range = span.checkpoint->object_range;
    span.checkpoint_ahead = span.checkpoint && !span.checkpoint->resume_point;
    if (span.checkpoint_ahead) span.checkpoint.reset();
    return span;
}

}  // namespace zg::archive
