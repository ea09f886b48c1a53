#include "ops/backup/journal.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/journal.hpp"
#include "catalog/json_fields.hpp"
#include "catalog/manifest.hpp"
#include "catalog/segment_json.hpp"
#include "codec/base64.hpp"
#include "codec/encoding.hpp"
#include "ops/context.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"

namespace zg::ops {

using nlohmann::json;
using ordered = nlohmann::ordered_json;
using catalog::JsonFields;

namespace {

json begin_json(const stream::Begin& begin) {
    return {{"record_number", begin.record_number},
            {"position", begin.position},
            {"little_endian", begin.byte_order == std::endian::little},
            {"compound", begin.compound},
            {"features", begin.features},
            {"creation_time", begin.creation_time},
            {"objset_type", begin.objset_type},
            {"flags", begin.flags},
            {"to_guid", std::to_string(begin.to_guid)},
            {"from_guid", std::to_string(begin.from_guid)},
            {"to_name", codec::base64(as_bytes(begin.to_name))}};
}

Result<stream::Begin> parse_begin(const json& object) {
    JsonFields fields(object, "begins");
    stream::Begin begin{
        .record_number = fields.number("record_number"),
        .position = fields.number("position"),
        .byte_order = fields.boolean("little_endian") ? std::endian::little : std::endian::big,
        .compound = fields.boolean("compound"),
        .features = fields.number("features"),
        .creation_time = fields.number("creation_time"),
        .objset_type = static_cast<std::uint32_t>(fields.number("objset_type")),
        .flags = static_cast<std::uint32_t>(fields.number("flags")),
        .to_guid = fields.guid("to_guid"),
        .from_guid = fields.guid("from_guid"),
        .to_name = std::string(as_text(fields.bytes("to_name")))};
    ZG_CHECK(fields.status());
    return begin;
}

json checkpoint_json(const stream::Checkpoint& place) {
    json begins = json::array();
    for (const stream::Begin& begin : place.begins) begins.push_back(begin_json(begin));
    return {{"position", place.position},
            {"records", place.records},
            {"little_endian", place.byte_order == std::endian::little},
            {"running", place.running.text()},
            {"in_package", place.in_package},
            {"begins", std::move(begins)},
            {"counts", place.count_by_type},
            {"payloads", place.payload_bytes_by_type},
            {"records_guid",
             place.records_guid ? json(std::to_string(*place.records_guid)) : json(nullptr)},
            {"last_object", place.last_object},
            {"last_offset", place.last_offset},
            {"resume_object", place.resume_point->object},
            {"resume_offset", place.resume_point->offset},
            {"object_range", codec::base64(place.object_range)}};
}

Result<void> parse_counts(const json& array,
                          std::array<std::uint64_t, stream::record_type_count>& counts) {
    if (array.size() != counts.size())
        return fail({.kind = ErrorKind::damage,
                     .what = "the number of counts is not the number of record types"});
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto* number = array[i].get_ptr<const json::number_unsigned_t*>();
        if (number == nullptr)
            return fail({.kind = ErrorKind::damage, .what = "a count is not a number"});
        counts[i] = *number;
    }
    return {};
}

Result<stream::Checkpoint> parse_checkpoint(const json& object) {
    JsonFields fields(object, "checkpoint");
    stream::Checkpoint place{
        .position = fields.number("position"),
        .records = fields.number("records"),
        .byte_order = fields.boolean("little_endian") ? std::endian::little : std::endian::big,
        .running = fields.fletcher4("running"),
        .in_package = fields.boolean("in_package"),
        .last_object = fields.number("last_object"),
        .last_offset = fields.number("last_offset"),
        .resume_point =
            stream::ResumePoint{fields.number("resume_object"), fields.number("resume_offset")},
        .object_range = fields.bytes("object_range")};
    if (object.is_object() && object.contains("records_guid") && !object["records_guid"].is_null())
        place.records_guid = fields.guid("records_guid");
    for (const json& begin : fields.array("begins")) {
        ZG_TRY(stream::Begin parsed, parse_begin(begin));
        place.begins.push_back(std::move(parsed));
    }
    ZG_CHECK(parse_counts(fields.array("counts"), place.count_by_type));
    ZG_CHECK(parse_counts(fields.array("payloads"), place.payload_bytes_by_type));
    ZG_CHECK(fields.status());
    if (place.begins.empty() || place.begins.back().compound)
        return fail({.kind = ErrorKind::damage, .what = "the checkpoint has no stream"});
    return place;
}

Result<archive::SegmentEnd> parse_segment(const std::string& note, Buffer& opening) {
    ZG_TRY(const json document,
           catalog::parse_json(as_bytes(note), "the journal's note of a segment"));
    ZG_TRY(catalog::Segment segment, catalog::parse_stored(document, "segment"));
    ZG_CHECK(catalog::parse_content(document, "segment", segment));
    JsonFields fields(document, "segment");
    archive::SegmentEnd end{.segment = std::move(segment),
                            .checkpoint = std::nullopt,
                            .fletcher4_after = fields.fletcher4("fletcher4_after")};
    if (document.contains("opening")) opening = fields.bytes("opening");
    ZG_CHECK(fields.status());
    if (document.contains("checkpoint")) {
        ZG_TRY(end.checkpoint, parse_checkpoint(document["checkpoint"]));
    }
    return end;
}

/// As "zstd:3"; older versions noted only the level of zstd (0: not compressed).
Result<std::optional<codec::Compression>> parse_noted_compression(const json& document) {
    JsonFields fields(document, "");
    const std::string text = document.contains("zstd_level")
                                 ? fmt::format("zstd:{}", fields.number("zstd_level"))
                                 : fields.text("compression");
    ZG_CHECK(fields.status());
    const auto compression = codec::parse_compression(text);
    if (!compression && text != codec::no_encoding && text != "zstd:0")
        return fail(
            {.kind = ErrorKind::damage, .what = fmt::format("unknown compression '{}'", text)});
    return compression;
}

Result<UnfinishedArchive> parse_archive(const catalog::JournalEntry& entry) {
    ZG_TRY(const json document,
           catalog::parse_json(as_bytes(entry.note), "the journal's note of an archive"));
    JsonFields fields(document, "");
    UnfinishedArchive archive{.archive_id = entry.archive_id,
                              .dataset = entry.dataset,
                              .snapshot = fields.text("snapshot"),
                              .took_snapshot = fields.boolean("took_snapshot"),
                              .to_guid = fields.guid("to_guid"),
                              .from_guid = fields.guid("from_guid"),
                              .flags = {.snapshot = {},
                                        .from = {},
                                        .properties = fields.boolean("properties"),
                                        .large_blocks = fields.boolean("large_blocks"),
                                        .embedded = fields.boolean("embedded"),
                                        .compressed = fields.boolean("compressed"),
                                        .raw = fields.boolean("raw")},
                              .encryption = fields.text("encryption"),
                              .recipients = fields.text_list("recipients"),
                              .passphrase_proof = fields.bytes("passphrase_proof"),
                              .plan = {fields.number("segment_size"), fields.number("part_size")},
                              .started = fields.time("started")};
    ZG_CHECK(fields.status());
    ZG_TRY(archive.compression, parse_noted_compression(document));
    for (const std::string& note : entry.segments) {
        ZG_TRY(archive::SegmentEnd segment, parse_segment(note, archive.opening));
        archive.segments.push_back(std::move(segment));
    }
    return archive;
}

}  // namespace

std::uint64_t UnfinishedArchive::stored_size() const {
    std::uint64_t sum = 0;
    for (const archive::SegmentEnd& end : segments) sum += end.segment.stored_size;
    return sum;
}

Result<void> begin_journal(Context& context, const UnfinishedArchive& archive) {
    const json note = {{"snapshot", archive.snapshot},
                       {"took_snapshot", archive.took_snapshot},
                       {"to_guid", std::to_string(archive.to_guid)},
                       {"from_guid", std::to_string(archive.from_guid)},
                       {"properties", archive.flags.properties},
                       {"large_blocks", archive.flags.large_blocks},
                       {"embedded", archive.flags.embedded},
                       {"compressed", archive.flags.compressed},
                       {"raw", archive.flags.raw},
                       {"compression", archive.compression ? archive.compression->text()
                                                           : std::string(codec::no_encoding)},
                       {"encryption", archive.encryption},
                       {"recipients", archive.recipients},
                       {"passphrase_proof", codec::base64(archive.passphrase_proof)},
                       {"segment_size", archive.plan.segment_size},
                       {"part_size", archive.plan.part_size},
                       {"started", rfc3339_utc(archive.started)}};
    return catalog::Journal(context.archives.catalog)
        .begin(archive.archive_id, archive.dataset,
               note.dump(-1, ' ', false, json::error_handler_t::replace));
}

Result<void> note_segment(Context& context, const std::string& archive_id, std::size_t number,
                          const archive::SegmentEnd& segment, const Buffer& opening) {
    ordered note = catalog::stored_json(segment.segment);
    note.update(catalog::content_json(segment.segment));
    note["fletcher4_after"] = segment.fletcher4_after.text();
    if (number == 1) note["opening"] = codec::base64(opening);
    if (segment.checkpoint) note["checkpoint"] = checkpoint_json(*segment.checkpoint);
    return catalog::Journal(context.archives.catalog).note_segment(archive_id, number, note.dump());
}

Result<std::vector<UnfinishedArchive>> read_journal(Context& context) {
    ZG_TRY(const std::vector<catalog::JournalEntry> entries,
           catalog::Journal(context.archives.catalog).entries());
    std::vector<UnfinishedArchive> archives;
    for (const catalog::JournalEntry& entry : entries) {
        auto archive = parse_archive(entry);
        if (archive)
            archives.push_back(std::move(*archive));
        else
            context.world.log.warning(
                fmt::format("the journal of archive {} cannot be read ({}): it cannot be resumed",
                            entry.archive_id, archive.error().message()));
    }
    return archives;
}

}  // namespace zg::ops
