#include "catalog/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/archive_id.hpp"
#include "catalog/json_fields.hpp"
#include "catalog/object_names.hpp"
#include "catalog/record.hpp"
#include "catalog/segment_json.hpp"
#include "codec/base64.hpp"
#include "codec/encoding.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

using nlohmann::json;
using ordered = nlohmann::ordered_json;

namespace {

constexpr std::string_view manifest_format = "zglacier-manifest";

std::string_view level_name(Level level) {
    switch (level) {
        case Level::full:
            return "full";
        case Level::month:
            return "month";
        case Level::increment:
            return "increment";
    }
    return "";
}

Result<void> check_segment(const Segment& segment, std::size_t index, const std::string& suffix,
                           std::uint64_t stream_at) {
    const std::string where = fmt::format("segments[{}]", index);
    const std::string name = segment_file_name(index + 1, suffix);
    if (segment.name != name)
        return wrong_member(
            where, fmt::format("the segment's name is '{}', expected {}", segment.name, name));
    if (segment.stream_begin != stream_at || segment.stream_end <= segment.stream_begin)
        return wrong_member(where, "the segment's stream range does not follow the one before");
    if (segment.stored_size == 0 || segment.part_size == 0)
        return wrong_member(where, "an empty segment or part is never stored");
    return {};
}

/// Its parts are joined to a tree hash.
Result<void> check_without_composite(const Manifest& manifest, const Segment& segment,
                                     const std::string& where) {
    constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
    if (!manifest.adopted || !segment.tree_hash)
        return wrong_member(where, "there is no composite_sha256");
    if (segment.part_size < mib || segment.part_size > 32 * mib ||
        !std::has_single_bit(segment.part_size))
        return wrong_member(where, "the tree hash has no such parts");
    return {};
}

Result<void> check_segments(const Manifest& manifest) {
    const std::string suffix = segment_suffix(manifest.encodings);
    std::uint64_t stream_at = 0;
    std::uint64_t stored = 0;
    for (std::size_t i = 0; i < manifest.segments.size(); ++i) {
        const Segment& segment = manifest.segments[i];
        ZG_CHECK(check_segment(segment, i, suffix, stream_at));
        stream_at = segment.stream_end;
        if (!segment.composite_sha256)
            ZG_CHECK(check_without_composite(manifest, segment, fmt::format("segments[{}]", i)));
        if (__builtin_add_overflow(stored, segment.stored_size, &stored))
            return wrong_member("segments", "the sizes overflow");
    }
    if (manifest.segments.empty()) return wrong_member("segments", "there is no segment");
    if (stream_at != manifest.stream_size)
        return wrong_member("stream_size", "the segments do not cover the stream");
    if (stored != manifest.stored_size)
        return wrong_member("stored_size", "the segments do not add up to it");
    return {};
}

Result<void> check_manifest(const Manifest& manifest) {
    if (!is_archive_id(manifest.archive_id))
        return wrong_member("archive_id", "this is not an archive id");
    if (manifest.to_guid == 0) return wrong_member("to_guid", "a snapshot's guid is never 0");
    if (manifest.to_guid == manifest.from_guid)
        return wrong_member("from_guid", "the archive would build on itself");
    return check_segments(manifest);
}

/// Host, dataset and snapshot, and what else says something about the content as a whole.
void add_names(ordered& document, const Manifest& manifest) {
    document["host"] = manifest.host;
    document["dataset"] = manifest.dataset;
    document["dataset_type"] = manifest.dataset_type;
    document["snapshot"] = manifest.snapshot;
    document["end_checksum"] = manifest.end_checksum.text();
    if (!manifest.opening.empty()) document["opening"] = codec::base64(manifest.opening);
}

Result<void> parse_names(const json& document, Manifest& manifest) {
    JsonFields fields(document, "");
    manifest.host = fields.text("host");
    manifest.dataset = fields.text("dataset");
    manifest.dataset_type = fields.text("dataset_type");
    manifest.snapshot = fields.text("snapshot");
    manifest.end_checksum = fields.fletcher4("end_checksum");
    if (document.is_object() && document.contains("opening"))
        manifest.opening = fields.bytes("opening");
    return fields.status();
}

/// The level must match from_guid.
Result<void> parse_level(const json& document, Manifest& manifest) {
    JsonFields fields(document, "");
    const std::string name = fields.text("level");
    ZG_CHECK(fields.status());
    manifest.monthly = name == level_name(Level::month);
    if (name == level_name(manifest.level())) return {};
    for (const Level level : {Level::full, Level::month, Level::increment}) {
        if (name == level_name(level))
            return wrong_member(
                "level", fmt::format("'{}' does not match from_guid {}", name, manifest.from_guid));
    }
    return wrong_member("level", fmt::format("unknown level '{}'", name));
}

}  // namespace

bool Manifest::large_blocks() const { return send_flags.find("-L") != std::string::npos; }

std::string Manifest::object_name(const Segment& segment) const {
    return segment_name(archive_id, segment.name);
}

std::string recipient_label(std::string_view recipient) {
    return codec::sha256(as_bytes(recipient)).hex().substr(0, 16);
}

std::string to_json(const Manifest& manifest) {
    ordered document = begin_record(manifest_format);
    document["archive_id"] = manifest.archive_id;
    document["dataset_guid"] = std::to_string(manifest.dataset_guid);
    document["snapshot_time"] = rfc3339_utc(manifest.snapshot_time);
    document["to_guid"] = std::to_string(manifest.to_guid);
    document["from_guid"] = std::to_string(manifest.from_guid);
    document["level"] = level_name(manifest.level());
    document["index"] = manifest.indexed;
    document["send_flags"] = manifest.send_flags;
    document["raw"] = manifest.raw;
    for (const codec::EncodingRole role : codec::encoding_roles)
        document[codec::role_name(role)] = manifest.encodings.name_of(role);
    document["features"] = manifest.features;
    document["created"] = rfc3339_utc(manifest.created);
    document["program"] = manifest.program;
    document["stream_size"] = manifest.stream_size;
    document["stored_size"] = manifest.stored_size;
    if (manifest.adopted)
        document["adopted"] = {{"archive", manifest.adopted->archive},
                               {"proved", manifest.adopted->proved}};
    ordered segments = ordered::array();
    for (const Segment& segment : manifest.segments) segments.push_back(stored_json(segment));
    if (manifest.encrypted()) {
        document["recipients"] = manifest.recipients;
        document["sealed"] = codec::base64(manifest.sealed);
    } else {
        add_names(document, manifest);
        for (std::size_t i = 0; i < manifest.segments.size(); ++i)
            segments[i].update(content_json(manifest.segments[i]));
    }
    document["segments"] = std::move(segments);
    return record_text(document);
}

std::string private_json(const Manifest& manifest) {
    ordered document = {{"archive_id", manifest.archive_id}};
    add_names(document, manifest);
    ordered segments = ordered::array();
    for (const Segment& segment : manifest.segments) segments.push_back(content_json(segment));
    document["segments"] = std::move(segments);
    return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<void> read_private_json(Manifest& manifest, Bytes text) {
    ZG_TRY(const json document, parse_json(text, "the sealed part of the manifest"));
    ZG_CHECK(parse_names(document, manifest));
    JsonFields fields(document, "sealed");
    const std::string id = fields.text("archive_id");
    const json& segments = fields.array("segments");
    ZG_CHECK(fields.status());
    if (id != manifest.archive_id)
        return wrong_member("sealed", fmt::format("it belongs to archive {}", id));
    if (segments.size() != manifest.segments.size())
        return wrong_member("sealed", "it has another number of segments");
    for (std::size_t i = 0; i < segments.size(); ++i)
        ZG_CHECK(parse_content(segments[i], fmt::format("sealed.segments[{}]", i),
                               manifest.segments[i]));
    manifest.opened = true;
    return {};
}

namespace {

Result<void> parse_segments(const json& document, Manifest& manifest) {
    JsonFields fields(document, "");
    const json& segments = fields.array("segments");
    ZG_CHECK(fields.status());
    for (const json& object : segments) {
        const std::string where = fmt::format("segments[{}]", manifest.segments.size());
        ZG_TRY(Segment segment, parse_stored(object, where));
        if (!manifest.encrypted()) ZG_CHECK(parse_content(object, where, segment));
        manifest.segments.push_back(std::move(segment));
    }
    return {};
}

Result<codec::Encodings> parse_encodings(const json& document) {
    JsonFields fields(document, "");
    codec::Encodings encodings;
    for (const codec::EncodingRole role : codec::encoding_roles) {
        const char* key = codec::role_name(role);
        const std::string name = fields.text(key);
        ZG_CHECK(fields.status());
        if (name == codec::no_encoding) continue;
        const codec::Encoding* encoding = codec::find_encoding(role, name);
        if (encoding == nullptr)
            return wrong_member(key, fmt::format("unknown {} '{}'", key, name));
        encodings.add(*encoding);
    }
    return encodings;
}

Result<void> parse_encryption(const json& document, Manifest& manifest) {
    if (!manifest.encrypted()) return parse_names(document, manifest);
    JsonFields fields(document, "");
    manifest.recipients = fields.text_list("recipients");
    manifest.sealed = fields.bytes("sealed");
    manifest.opened = false;
    return fields.status();
}

}  // namespace

Result<Manifest> parse_manifest(Bytes text) {
    if (text.size() > max_manifest_size)
        return fail({.kind = ErrorKind::damage, .what = "the manifest is larger than 64 MiB"});
    ZG_TRY(const json document, parse_record(text, manifest_format));
    JsonFields fields(document, "");
    Manifest manifest{.archive_id = fields.text("archive_id"),
                      .host = {},
                      .dataset = {},
                      .dataset_guid = fields.guid("dataset_guid"),
                      .dataset_type = {},
                      .snapshot = {},
                      .snapshot_time = fields.time("snapshot_time"),
                      .to_guid = fields.guid("to_guid"),
                      .from_guid = fields.guid("from_guid"),
                      .indexed = fields.boolean("index"),
                      .send_flags = fields.text("send_flags"),
                      .raw = fields.boolean("raw"),
                      .encodings = {},
                      .features = fields.number("features"),
                      .created = fields.time("created"),
                      .program = fields.text("program"),
                      .stream_size = fields.number("stream_size"),
                      .stored_size = fields.number("stored_size"),
                      .end_checksum = {},
                      .segments = {}};
    ZG_CHECK(fields.status());
    ZG_CHECK(parse_level(document, manifest));
    ZG_TRY(manifest.encodings, parse_encodings(document));
    ZG_CHECK(parse_encryption(document, manifest));
    ZG_CHECK(parse_segments(document, manifest));
    if (const auto adopted = document.find("adopted"); adopted != document.end()) {
        JsonFields adoption(*adopted, "adopted");
        manifest.adopted =
            Adoption{.archive = adoption.text("archive"), .proved = adoption.boolean("proved")};
        ZG_CHECK(adoption.status());
    }
    ZG_CHECK(check_manifest(manifest));
    return manifest;
}

}  // namespace zg::catalog
