#include "ops/inspect.hpp"

#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/features.hpp"
#include "stream/record.hpp"

namespace zg::ops {

namespace {

InspectedStream inspected(const stream::Begin& begin) {
    const char* type = begin.objset_type == 2   ? "filesystem"
                       : begin.objset_type == 3 ? "volume"
                                                : "";
    return {.record = begin.record_number,
            .position = begin.position,
            .kind = begin.compound         ? "package"
                    : begin.from_guid == 0 ? "full"
                                           : "incremental",
            .name = begin.to_name,
            .to_guid = begin.to_guid,
            .from_guid = begin.from_guid,
            .is_clone = begin.is_clone(),
            .dataset_type = type,
            .byte_order = begin.byte_order == std::endian::little ? "little" : "big",
            .creation_time = begin.creation_time,
            .flags = begin.flags,
            .features = begin.features,
            .feature_names = stream::feature_names(begin.features)};
}

InspectedRecord inspected(const stream::Record& record) {
    return {.number = record.number,
            .position = record.position,
            .type = std::string(stream::record_type_name(record.type)),
            .size = record.size,
            .object = record.object,
            .offset = record.offset,
            .length = record.length};
}

InspectReport report_of(const stream::Summary& summary, std::optional<Error> error) {
    InspectReport report{.bytes = summary.bytes,
                         .records = summary.records,
                         .streams = {},
                         .types = {},
                         .error = std::move(error)};
    for (const stream::Begin& begin : summary.begins) report.streams.push_back(inspected(begin));
    for (std::size_t i = 0; i < stream::record_type_count; ++i) {
        if (summary.count_by_type[i] == 0) continue;
        const auto type = static_cast<stream::RecordType>(i);
        report.types.push_back({.type = std::string(stream::record_type_name(type)),
                                .count = summary.count_by_type[i],
                                .payload_bytes = summary.payload_bytes_by_type[i]});
    }
    return report;
}

}  // namespace

Result<InspectReport> inspect_stream(Source& source, const InspectVisitor& visitor) {
    stream::RecordVisitor each;
    if (visitor) each = [&](const stream::Record& record) { visitor(inspected(record)); };
    stream::Checker checker(std::move(each));
    Buffer block(std::size_t{256} << 10U);
    for (;;) {
        ZG_TRY(const std::size_t got, source.read(block));
        auto checked = got == 0 ? checker.finish() : checker.feed(Bytes(block).first(got));
        if (!checked) return report_of(checker.summary(), std::move(checked.error()));
        if (got == 0) return report_of(checker.summary(), std::nullopt);
    }
}

}  // namespace zg::ops
