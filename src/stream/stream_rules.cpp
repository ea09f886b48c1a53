#include "stream/stream_rules.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "stream/checkpoint.hpp"
#include "stream/header.hpp"
#include "stream/record.hpp"

namespace zg::stream {

StreamRules::StreamRules(const Begin& begin) : begin_guid_(begin.to_guid), raw_(begin.is_raw()) {}

StreamRules::StreamRules(const Checkpoint& place) : StreamRules(place.begins.back()) {
    records_guid_ = place.records_guid;
    last_object_ = place.last_object;
    last_offset_ = place.last_offset;
    if (!place.object_range.empty()) {
        if (const auto range = read_header(place.object_range, place.byte_order, raw_))
            range_start_ = range->object;
    }
}

void StreamRules::save(Checkpoint& place) const {
    place.records_guid = records_guid_;
    place.last_object = last_object_;
    place.last_offset = last_offset_;
}

std::optional<std::string> StreamRules::take(const Header& header) {
    if (auto bad = check_guid(header)) return bad;
    switch (header.type) {
        case RecordType::write:
            return check_write(header);
        case RecordType::object_range:
            range_start_ = header.object;
            return std::nullopt;
        case RecordType::object:
            if (!raw_ || (range_start_ && header.object >= *range_start_ &&
                          header.object - *range_start_ < objects_per_range))
                return std::nullopt;
            return fmt::format("expected an object of the OBJECT_RANGE before it, found object {}",
                               header.object);
        default:
            return std::nullopt;
    }
}

/// All records name the same guid. END's is BEGIN's. The others' is, too, except in the stream of a
/// partly received dataset (zfs send --saved), which names that dataset's guid and has no END.
std::optional<std::string> StreamRules::check_guid(const Header& header) {
    if (!records_guid_) records_guid_ = header.to_guid;
    if (header.to_guid != *records_guid_)
        return fmt::format("expected the guid {} of the records before it, found {}",
                           *records_guid_, header.to_guid);
    if (header.type == RecordType::end && header.to_guid != begin_guid_)
        return fmt::format("expected BEGIN's guid {}, found {}", begin_guid_, header.to_guid);
    return std::nullopt;
}

std::optional<std::string> StreamRules::check_write(const Header& header) {
    if (header.object < last_object_ ||
        (header.object == last_object_ && header.offset < last_offset_))
        return fmt::format("expected a block after object {} offset {}, found object {} offset {}",
                           last_object_, last_offset_, header.object, header.offset);
    last_object_ = header.object;
    last_offset_ = header.offset;
    return std::nullopt;
}

}  // namespace zg::stream
